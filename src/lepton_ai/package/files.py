"""The files of a package, wherever they lie, read within bounds and never extracted."""

from __future__ import annotations

import hashlib
import re
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from lepton_ai.core.errors import PackageError
from lepton_ai.package.manifest import MANIFEST, RESTORE, FileRecord, Manifest

CHUNK = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a package may hold at most.

    Attributes:
        files: Number of files.
        bytes: Bytes of all files together, and so of each of them.
        manifest: Bytes of the manifest.
        ratio: Bytes of a file for one byte of the archive that holds it (beyond the first MiB).
    """

    files: int = 1000
    bytes: int = 2_000_000_000
    manifest: int = 1 << 24
    ratio: int = 200


LIMITS = Limits()


class PackageFiles(ABC):
    """The files of one package. Making one lists them and refuses every name that could do harm.

    Attributes:
        location: Where the package lies.
        limits: What it may hold.
        sizes: Bytes of every file by its path in the package ("codecs/0.safetensors").
    """

    def __init__(self, location: Path, *, limits: Limits = LIMITS) -> None:
        self.location = location
        self.limits = limits
        self.sizes: Mapping[str, int] = self._list()
        if len(self.sizes) > limits.files:
            raise PackageError(f"{location} holds more than {limits.files:,} files.", hint=RESTORE)
        check_names(self.sizes)
        if sum(self.sizes.values()) > limits.bytes:
            raise PackageError(
                f"{location} holds more than {limits.bytes:,} bytes, the most that a package may.",
                hint="Leave the weights out of it, or train a smaller model.",
            )

    @abstractmethod
    def _list(self) -> Mapping[str, int]:
        """The size of every file by its path; names are not checked yet."""

    @abstractmethod
    def _opened(self, name: str) -> AbstractContextManager[IO[bytes]]:
        """One file, open for reading; what goes wrong until it is closed is a `PackageError`."""

    def pieces(self, name: str) -> Iterator[bytes]:
        """The content of one file in pieces of about 1 MiB, and never more than its listed size.

        Raises:
            PackageError: It cannot be read, or its content is not as long as listed.
        """
        left = self.sizes[name]
        with self._opened(name) as file:
            while piece := file.read(min(CHUNK, left + 1)):
                left -= len(piece)
                if left < 0:
                    break
                yield piece
        if left != 0:
            raise PackageError(f"{shown(name)} is not as long as it was listed.", hint=RESTORE)

    def view(self, name: str) -> memoryview | None:
        """A read-only view of one file where it lies, or None where that is not to be had.

        Raises:
            PackageError: It cannot be opened, or is not as long as listed.
        """
        return None

    def read(self, name: str) -> bytes:
        """The whole content of one file."""
        return b"".join(self.pieces(name))

    def manifest_bytes(self) -> bytes:
        """The content of the manifest, refused when it is missing or too large."""
        size = self.sizes.get(MANIFEST)
        if size is None:
            raise PackageError(
                f"{self.location} is no model package: it holds no {MANIFEST}.", hint=_where(self.sizes)
            )
        if size > self.limits.manifest:
            raise PackageError(
                f"{MANIFEST} has {size:,} bytes; at most {self.limits.manifest:,} are read.", hint=RESTORE
            )
        return self.read(MANIFEST)


def _where(names: Collection[str]) -> str:
    """What to do when the manifest is not where it should be."""
    inner = sorted(name for name in names if name.endswith(f"/{MANIFEST}"))
    if inner:
        return f"There is one in {inner[0]!r}: give or pack that folder itself."
    return "Give the folder or the .zip file that a training wrote."


_SEGMENT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}\Z")
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|\Z)", re.IGNORECASE)


def check_names(names: Collection[str]) -> None:
    """Refuse paths that could lead out of a folder or collide on some file system.

    Args:
        names: Paths of one package, each once.

    Raises:
        PackageError: A path is absolute, has "..", a backslash, a drive letter, or anything but letters,
            digits, dots, underscores and hyphens between its slashes; or two paths differ only by case, or
            one names a folder of the other.
    """
    seen: dict[str, str] = {}
    for name in names:
        parts = name.split("/")
        if len(parts) > 8 or not all(map(_is_safe, parts)):
            raise PackageError(f"The package holds a file with an unsafe name, {shown(name)}.", hint=_HOSTILE)
        other = seen.setdefault(name.casefold(), name)
        if other != name:
            raise PackageError(
                f"The package holds {shown(other)} and {shown(name)}, which differ only by case.",
                hint=_HOSTILE,
            )
    folders = {folded.rsplit("/", depth)[0] for folded in seen for depth in range(1, folded.count("/") + 1)}
    both = sorted(folders & seen.keys())
    if both:
        raise PackageError(
            f"The package holds {shown(both[0])} both as a file and as a folder.", hint=_HOSTILE
        )


_HOSTILE = "No writer of ours makes such a package: do not trust where it came from."


def _is_safe(part: str) -> bool:
    """Whether one part of a path means the same plain name on every file system."""
    return _SEGMENT.match(part) is not None and not part.endswith(".") and _DEVICES.match(part) is None


def shown(name: str) -> str:
    """A name from a package as it is quoted in an error: escaped and short."""
    return ascii(name if len(name) <= 80 else name[:77] + "...")


def check_listing(files: PackageFiles, manifest: Manifest) -> None:
    """Refuse a package whose files are not exactly those, of exactly the sizes, that its manifest lists."""
    there = {name: size for name, size in files.sizes.items() if name != MANIFEST}
    missing = sorted(manifest.files.keys() - there.keys())
    if missing:
        raise PackageError(f"The package lacks {shown(missing[0])}, which its manifest lists.", hint=RESTORE)
    extra = sorted(there.keys() - manifest.files.keys())
    if extra:
        raise PackageError(
            f"The package holds {shown(extra[0])}, which its manifest does not list.", hint=RESTORE
        )
    for name, record in manifest.files.items():
        if there[name] != record.bytes:
            raise PackageError(
                f"{shown(name)} has {there[name]:,} bytes; the manifest says {record.bytes:,}.", hint=RESTORE
            )


def map_verified(files: PackageFiles, name: str, record: FileRecord) -> memoryview | None:
    """A view of a file in place, refused when its SHA-256 is not the recorded one; None in an archive."""
    view = files.view(name)
    if view is not None:
        _check_hash(name, hashlib.sha256(view).hexdigest(), record)
    return view


def read_verified(files: PackageFiles, name: str, record: FileRecord) -> bytes:
    """The content of one file, refused when its SHA-256 is not the recorded one."""
    raw = files.read(name)
    _check_hash(name, hashlib.sha256(raw).hexdigest(), record)
    return raw


def pieces_verified(files: PackageFiles, name: str, record: FileRecord) -> Iterator[bytes]:
    """The content of one file in pieces; the error about a wrong SHA-256 comes after the last of them."""
    digest = hashlib.sha256()
    for piece in files.pieces(name):
        digest.update(piece)
        yield piece
    _check_hash(name, digest.hexdigest(), record)


def _check_hash(name: str, found: str, record: FileRecord) -> None:
    """Refuse a content that is not the one the manifest was written for."""
    if found != record.sha256:
        raise PackageError(
            f"The content of {shown(name)} is not what the manifest was written for:"
            f" its SHA-256 starts with {found[:12]}, not {record.sha256[:12]}.",
            hint=RESTORE,
        )
