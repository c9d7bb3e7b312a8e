"""Published models: a folder for each name, and in it one for each version, never changed once there."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lepton_ai.core.errors import NotFoundError, PackageError, did_you_mean
from lepton_ai.core.files import sync_folder, sync_tree
from lepton_ai.core.types import JSON
from lepton_ai.package.manifest import MANIFEST, NAME, Manifest, check_name, read_manifest
from lepton_ai.package.open import open_package
from lepton_ai.package.pack import copy_files
from lepton_ai.package.source import load_manifest, open_files
from lepton_ai.package.write import stamp, write_manifest
from lepton_ai.store.locks import FolderLock

_VERSION = re.compile(r"[1-9][0-9]{0,8}\Z")
_PART = ".part"


@dataclass(frozen=True, kw_only=True)
class ModelVersion:
    """One published version of a model.

    Attributes:
        name: The model's name.
        version: Counted from 1.
        path: The package folder.
        task: Name in the task table.
        created: When it was trained, UTC in ISO 8601.
        description: One line for people.
        metrics: Scores on the held-out split, as in the manifest.
        problem: Why its manifest cannot be read; empty when it can.
    """

    name: str
    version: int
    path: Path
    task: str = ""
    created: str = ""
    description: str = ""
    metrics: JSON
    problem: str = ""


class ModelStore:
    """The models of an installation, as package folders `<root>/<name>/<version>/`.

    Any number of processes may publish and read at the same time: a version appears whole, by a rename that
    never replaces another, and is never changed after. So there is no index that could be wrong.

    Args:
        root: The folder; it is made by the first `publish`.
    """

    def __init__(self, root: Path) -> None:
        self.root = Path(root)

    def publish(self, package: Path, name: str | None = None) -> ModelVersion:
        """Copy a package into the store as the next version of a model.

        Args:
            package: A package folder or archive; it stays as it is.
            name: The model's name; None takes that of the package.

        Raises:
            PackageError: The package is damaged or does not replay; nothing is published.
            UsageError: The name is not one that a model can have.
        """
        files = open_files(Path(package))
        manifest = load_manifest(files)
        target = self.root / check_name(name if name is not None else manifest.name)
        target.mkdir(parents=True, exist_ok=True)
        with _building(target) as building:
            copy_files(files, manifest, building)
            write_manifest(building, stamp(manifest, name=target.name, version=0))
            open_package(building)
            version = _claim(building, target, manifest)
        return self._read(target.name, version)

    def list(self) -> list[ModelVersion]:
        """The latest version of every model, by name."""
        latest = ((name, max(self._numbers(name), default=0)) for name in self._names())
        return [self._read(name, version) for name, version in latest if version]

    def versions(self, name: str) -> Sequence[ModelVersion]:
        """All versions of a model, oldest first.

        Raises:
            NotFoundError: No model of that name was published.
        """
        return [self._read(name, version) for version in self._known(name)]

    def resolve(self, reference: str) -> Path:
        """The package folder that a reference stands for.

        Args:
            reference: "name" or "name@latest" for the latest version, "name@3" for a certain one.

        Raises:
            NotFoundError: There is no such model or version.
        """
        return self.find(reference).path

    def find(self, reference: str) -> ModelVersion:
        """The version that a reference stands for; see `resolve`."""
        name, _, wanted = reference.partition("@")
        known = self._known(name)
        if wanted in ("", "latest"):
            return self._read(name, known[-1])
        if not _VERSION.match(wanted) or int(wanted) not in known:
            shown = ", ".join(map(str, known[-20:]))
            raise NotFoundError(
                f"The model {name!r} has no version {wanted!r}.", hint=f"It has: {shown}, and 'latest'."
            )
        return self._read(name, int(wanted))

    def clean(self, *, age: float = 3600.0) -> Sequence[Path]:
        """Remove what publishers left behind that were killed.

        Args:
            age: Seconds since a leftover was made; younger ones stay.

        Returns:
            The folders that were removed.
        """
        left = (path for name in self._names() for path in sorted((self.root / name).glob(f".*{_PART}")))
        return [path for path in left if path.is_dir() and _remove_unowned(path, age=age)]

    def _names(self) -> Sequence[str]:
        """The folders that may hold a model."""
        if not self.root.is_dir():
            return []
        return sorted(path.name for path in self.root.iterdir() if NAME.match(path.name) and path.is_dir())

    def _numbers(self, name: str) -> Sequence[int]:
        """The versions of a model, ascending; empty when there is none."""
        with (
            contextlib.suppress(FileNotFoundError, NotADirectoryError),
            os.scandir(self.root / name) as entries,
        ):
            return sorted(int(each.name) for each in entries if _VERSION.match(each.name) and each.is_dir())
        return []

    def _known(self, name: str) -> Sequence[int]:
        """The versions of a model, ascending, at least one."""
        numbers = self._numbers(name) if NAME.match(name) else []
        if not numbers:
            published = [each for each in self._names() if self._numbers(each)]
            raise NotFoundError(f"There is no model named {name!r}.", hint=did_you_mean(name, published))
        return numbers

    def _read(self, name: str, version: int) -> ModelVersion:
        """What a version says of itself."""
        path = self.root / name / str(version)
        try:
            manifest = read_manifest((path / MANIFEST).read_bytes())
        except (PackageError, OSError) as error:
            return ModelVersion(name=name, version=version, path=path, metrics={}, problem=str(error))
        return ModelVersion(
            name=name,
            version=version,
            path=path,
            task=manifest.task,
            created=manifest.created,
            description=manifest.description,
            metrics=manifest.metrics,
        )


@contextlib.contextmanager
def _building(folder: Path) -> Iterator[Path]:
    """An empty folder to build a version in, beside its place, locked for as long as its maker lives."""
    around = Path(tempfile.mkdtemp(prefix=".publish.", suffix=_PART, dir=folder))
    try:
        lock = FolderLock.take(around, create=True)
        if lock is None:
            raise PackageError(f"The folder {around} is held by another process.", hint="Publish again.")
        with lock:
            building = around / "package"
            building.mkdir()
            yield building
    finally:
        shutil.rmtree(around, ignore_errors=True)


def _claim(building: Path, folder: Path, manifest: Manifest) -> int:
    """Move a built package to the next free version, stamped with its number.

    Two publishers may want the same number. A rename never replaces a folder that is not empty, so one of
    them gets it, and the other takes the next.
    """
    version = 1 + max((int(each.name) for each in folder.iterdir() if _VERSION.match(each.name)), default=0)
    while True:
        write_manifest(building, stamp(manifest, name=folder.name, version=version))
        sync_tree(building)
        try:
            building.rename(folder / str(version))
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                raise
            version += 1
            continue
        sync_folder(folder)
        return version


def _remove_unowned(folder: Path, *, age: float) -> bool:
    """Remove an old leftover unless its maker still holds its lock."""
    try:
        if time.time() - folder.lstat().st_mtime < age:
            return False
        lock = FolderLock.take(folder)
    except FileNotFoundError:  # gone by now, or from a maker that died before it took its lock
        shutil.rmtree(folder, ignore_errors=True)
        return not folder.exists()
    if lock is None:
        return False
    with lock:
        shutil.rmtree(folder, ignore_errors=True)
    return not folder.exists()
