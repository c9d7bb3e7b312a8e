"""A data file on disk, plain or compressed, as bytes that can be read from the start again and again."""

from __future__ import annotations

import contextlib
import difflib
import gzip
import io
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from lepton_ai.core.errors import DataError, did_you_mean

FREE_BYTES = 256 << 20
"""A compressed file may always unpack to this many bytes."""

MAX_RATIO = 100
"""Above `FREE_BYTES`, a file may unpack to this many times its size. Text reaches about 20."""

_UNREADABLE = (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError)


@dataclass(frozen=True)
class DataFile:
    """One data file.

    Attributes:
        path: The file on disk.
        inner: Name of the content: without ".gz", or the name of the zip's member.
        compression: "gz", "zip" or "".
    """

    path: Path
    inner: str
    compression: str

    def open(self) -> BinaryIO:
        """The unpacked bytes from the start.

        Raises:
            DataError: Now or while reading: the file is damaged, encrypted or unpacks beyond all bounds.
        """
        try:
            stream = self._unpacked()
        except _UNREADABLE as error:
            raise _damaged(self.path, error) from error
        bound = max(FREE_BYTES, MAX_RATIO * self.path.stat().st_size) if self.compression else None
        return cast(BinaryIO, io.BufferedReader(_Guarded(stream, path=self.path, bound=bound), 1 << 18))

    def _unpacked(self) -> BinaryIO:
        if self.compression == "gz":
            return cast(BinaryIO, gzip.open(self.path, "rb"))
        if self.compression == "zip":
            return cast(BinaryIO, zipfile.ZipFile(self.path).open(self.inner))
        return self.path.open("rb")

    @contextlib.contextmanager
    def on_disk(self) -> Iterator[Path]:
        """A path to the unpacked bytes, for formats that seek; a temporary file when compressed."""
        if not self.compression:
            yield self.path
            return
        with tempfile.TemporaryDirectory(prefix="lepton-") as folder:
            target = Path(folder) / "data"
            with self.open() as source, target.open("wb") as copy:
                shutil.copyfileobj(source, copy, 1 << 20)
            yield target


class _Guarded(io.RawIOBase):
    """Passes bytes through, counts them, and turns a decompressor's troubles into a `DataError`."""

    def __init__(self, inner: BinaryIO, *, path: Path, bound: int | None) -> None:
        super().__init__()
        self._inner, self._path, self._bound, self._count = inner, path, bound, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            piece = self._inner.read(len(buffer))
        except _UNREADABLE as error:
            raise _damaged(self._path, error) from error
        buffer[: len(piece)] = piece
        self._count += len(piece)
        if self._bound is not None and self._count > self._bound:
            raise DataError(
                f"{self._path} unpacks to more than {self._bound >> 20} MiB, far beyond its size.",
                hint="An archive made to fill a disk looks so. Unpack it yourself if you trust it.",
            )
        return len(piece)

    def close(self) -> None:
        self._inner.close()
        super().close()


def find_file(path: Path) -> DataFile:
    """The data file at `path`, its compression told by its first bytes.

    Raises:
        DataError: There is no such file, it is a folder or empty, or an archive of several files.
    """
    if path.is_dir():
        raise DataError(f"{path} is a folder, not a data file.", hint=_files_in(path))
    if not path.is_file():
        raise DataError(f"There is no file {path}.", hint=_near_files(path))
    try:
        with path.open("rb") as file:
            magic = file.read(4)
    except OSError as error:
        raise _damaged(path, error) from error
    if not magic:
        raise DataError(f"{path} is empty (0 bytes).", hint="Write at least a header line and one row to it.")
    if magic[:2] == b"\x1f\x8b":
        inner = path.stem if path.suffix.lower() in {".gz", ".gzip"} else path.name
        return DataFile(path, inner, "gz")
    if magic == b"PK\x03\x04" and path.suffix.lower() == ".zip":
        return DataFile(path, _only_member(path), "zip")
    if path.suffix.lower() in {".gz", ".gzip", ".zip"}:
        raise DataError(
            f"{path} is named like a compressed file, but its content is not.",
            hint="Fetch it again, or rename it after what it holds.",
        )
    return DataFile(path, path.name, "")


def _only_member(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            members = [entry for entry in archive.infolist() if _is_data(entry.filename)]
    except _UNREADABLE as error:
        raise _damaged(path, error) from error
    if len(members) != 1:
        listed = ", ".join(repr(entry.filename) for entry in members[:10]) or "none"
        listed += ", ..." if len(members) > 10 else ""
        raise DataError(
            f"{path} holds {len(members)} files where one was expected: {listed}.",
            hint="Unpack it and name the file you mean.",
        )
    if members[0].flag_bits & 1:
        raise DataError(f"{path} is protected by a password.", hint="Unpack it first.")
    return members[0].filename


def _is_data(name: str) -> bool:
    return not (name.endswith(("/", ".DS_Store")) or name.startswith("__MACOSX/"))


def _near_files(path: Path) -> str:
    folder = path.parent
    if not folder.is_dir():
        return f"The folder {folder} does not exist either."
    names = sorted(entry.name for entry in folder.iterdir() if entry.is_file())
    near = difflib.get_close_matches(path.name, names, n=3)
    return did_you_mean(path.name, near) if near else _files_in(folder)


def _files_in(folder: Path) -> str:
    names = sorted(entry.name for entry in folder.iterdir() if entry.is_file())
    if not names:
        return f"The folder {folder} holds no files."
    shown = ", ".join(map(repr, names[:10])) + (", ..." if len(names) > 10 else "")
    return f"Name one of the files in {folder}: {shown}."


def _damaged(path: Path, error: BaseException) -> DataError:
    if isinstance(error, PermissionError):
        return DataError(f"{path} may not be read by this user.", hint="Change its permissions.")
    return DataError(
        f"{path} is damaged or cut short: {error or type(error).__name__}.",
        hint="Fetch or pack it again; a download may have stopped half way.",
    )
