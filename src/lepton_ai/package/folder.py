"""A package as a folder of plain files."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping

from lepton_ai.core.errors import PackageError
from lepton_ai.package.files import CHUNK, PackageFiles, shown
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

    def pieces(self, name: str) -> Iterator[bytes]:
        """The content of one file; a link put in its place since it was listed is not followed."""
        left = self.sizes[name]
        try:
            with os.fdopen(os.open(self.location / name, _FLAGS), "rb") as file:
                if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    raise PackageError(f"{shown(name)} is no plain file any more.", hint=RESTORE)
                while piece := file.read(min(CHUNK, left + 1)):
                    left -= len(piece)
                    if left < 0:
                        break
                    yield piece
        except OSError as error:
            raise PackageError(f"{shown(name)} cannot be read: {error.strerror}.", hint=RESTORE) from None
        if left != 0:
            raise PackageError(f"{shown(name)} changed its size while it was read.", hint="Try again.")


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
