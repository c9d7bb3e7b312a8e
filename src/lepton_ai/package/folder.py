"""A package as a folder of plain files."""

from __future__ import annotations

import contextlib
import mmap
import os
import stat
from collections.abc import Iterator, Mapping
from typing import IO

from lepton_ai.core.errors import PackageError
from lepton_ai.package.files import PackageFiles, shown
from lepton_ai.package.manifest import RESTORE

_FLAGS = (
    os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
)


class FolderFiles(PackageFiles):
    """The files of a package folder. Links and anything but plain files are refused, never followed."""

    def _list(self) -> Mapping[str, int]:
        sizes: dict[str, int] = {}
        pending = [""]
        seen = 0
        try:
            while pending:
                prefix = pending.pop()
                with os.scandir(self.location / prefix) as entries:
                    for entry in entries:
                        seen += 1
                        if seen > 2 * self.limits.files or prefix.count("/") > 8:
                            raise PackageError(
                                f"{self.location} holds too many files or folders.", hint=RESTORE
                            )
                        if entry.is_dir(follow_symlinks=False):
                            pending.append(f"{prefix}{entry.name}/")
                        else:
                            sizes[prefix + entry.name] = _plain_size(entry, prefix + entry.name)
        except OSError as error:
            raise PackageError(
                f"The folder {self.location} cannot be read: {error.strerror}.",
                hint="Check that it is there and that you may read it.",
            ) from None
        return sizes

    @contextlib.contextmanager
    def _opened(self, name: str) -> Iterator[IO[bytes]]:
        """A link put in the place of a file since it was listed is not followed."""
        try:
            with os.fdopen(os.open(self.location / name, _FLAGS), "rb") as file:
                if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    raise PackageError(f"{shown(name)} is no plain file any more.", hint=RESTORE)
                yield file
        except OSError as error:
            raise PackageError(f"{shown(name)} cannot be read: {error.strerror}.", hint=RESTORE) from None

    def view(self, name: str) -> memoryview | None:
        """A read-only memory map of one file; None for an empty one."""
        size = self.sizes[name]
        if size == 0:
            return None
        with self._opened(name) as file:
            if os.fstat(file.fileno()).st_size != size:
                raise PackageError(f"{shown(name)} is not as long as it was listed.", hint=RESTORE)
            return memoryview(mmap.mmap(file.fileno(), size, access=mmap.ACCESS_READ))


def _plain_size(entry: os.DirEntry[str], name: str) -> int:
    """The size of a plain file; anything else is refused."""
    if entry.is_symlink():
        raise PackageError(
            f"The package holds a link, {shown(name)}; only plain files are read.",
            hint="Put the file itself in its place.",
        )
    if not entry.is_file(follow_symlinks=False):
        raise PackageError(f"The package holds {shown(name)}, which is no plain file.", hint=RESTORE)
    return entry.stat(follow_symlinks=False).st_size
