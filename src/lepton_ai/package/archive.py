"""A package as one zip file: read member by member without unpacking, and written the same every time."""

from __future__ import annotations

import contextlib
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from typing import IO, BinaryIO

from lepton_ai.core.errors import PackageError
from lepton_ai.package.files import CHUNK, PackageFiles, check_names, shown
from lepton_ai.package.manifest import RESTORE

_LOCAL = struct.Struct("<4s5H3I2H")
_END = struct.Struct("<4s4H2IH")
_REPACK = "Pack the package's folder again with `pack`."
_ZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OverflowError,
    LookupError,
    AttributeError,
)
"""What `zipfile` raises on damaged archives, of which only the first is documented."""


class ZipFiles(PackageFiles):
    """The members of a package archive.

    Only the plain form of the format (APPNOTE 6.3.10) is read: stored or deflated members, one after the
    other from the first byte, then their directory, then its end record as the last bytes of the file. So
    no reader can see other members than these, and nothing hides between or behind them.
    """

    def _list(self) -> Mapping[str, int]:
        self._members: dict[str, zipfile.ZipInfo] = {}
        try:
            with self.location.open("rb") as file:
                directory, count = _check_end(file)
                if count > 2 * self.limits.files:
                    raise PackageError(f"The archive holds {count:,} members, too many.", hint=RESTORE)
                with zipfile.ZipFile(file) as archive:
                    _check_layout(file, archive.infolist(), directory)
                    for member in archive.infolist():
                        self._add(member)
        except OSError as error:
            raise PackageError(
                f"The archive {self.location} cannot be read: {error.strerror}.",
                hint="Check that it is there and that you may read it.",
            ) from None
        except _ZIP_ERRORS as error:
            raise PackageError(f"{self.location} is a damaged zip archive ({error}).", hint=RESTORE) from None
        return {name: member.file_size for name, member in self._members.items()}

    def _add(self, member: zipfile.ZipInfo) -> None:
        """Refuse one member by what its header says, or take it in."""
        name = member.orig_filename
        kind = stat.S_IFMT(member.external_attr >> 16)
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise PackageError(f"The archive holds a link or device, {shown(name)}.", hint=_REPACK)
        if member.flag_bits & 0x2061:
            raise PackageError(
                f"The archive holds an encrypted or patched member, {shown(name)}.", hint=_REPACK
            )
        if name.endswith("/") and member.file_size == 0:
            check_names([name.removesuffix("/")])
            return
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise PackageError(f"{shown(name)} is packed by a method that is not read here.", hint=_REPACK)
        if member.file_size > self.limits.ratio * member.compress_size + CHUNK:
            raise PackageError(
                f"{shown(name)} would unpack {member.compress_size:,} bytes to {member.file_size:,}:"
                " the archive is a bomb, or holds an empty model.",
                hint="Do not trust where it came from.",
            )
        if name in self._members:
            raise PackageError(f"The archive holds {shown(name)} twice.", hint=_REPACK)
        self._members[name] = member

    @contextlib.contextmanager
    def _opened(self, name: str) -> Iterator[IO[bytes]]:
        try:
            with (
                self.location.open("rb") as file,
                zipfile.ZipFile(file) as archive,
                archive.open(self._members[name]) as member,
            ):
                yield member
        except OSError as error:
            raise PackageError(f"{shown(name)} cannot be read: {error.strerror}.", hint=RESTORE) from None
        except _ZIP_ERRORS as error:
            raise PackageError(f"{shown(name)} cannot be unpacked ({error}).", hint=RESTORE) from None


def _check_end(file: BinaryIO) -> tuple[int, int]:
    """Where the directory starts and how many members it has, from the last 22 bytes of the file."""
    length = file.seek(0, os.SEEK_END)
    if length < _END.size:
        raise PackageError("The archive is too short to be one.", hint=RESTORE)
    file.seek(length - _END.size)
    mark, disk, first_disk, here, count, size, start, comment = _END.unpack(file.read(_END.size))
    if mark != b"PK\x05\x06" or comment != 0:
        raise PackageError(
            "The archive does not end with its directory: it is no zip file, was cut short, or has a comment"
            " or other bytes behind it.",
            hint=RESTORE,
        )
    if disk != 0 or first_disk != 0 or here != count or count == 0xFFFF or start + size + _END.size != length:
        raise PackageError(
            "The directory of the archive is not where its end says (or it is a Zip64 or split archive).",
            hint=_REPACK,
        )
    return start, count


def _check_layout(file: BinaryIO, members: list[zipfile.ZipInfo], directory: int) -> None:
    """Refuse members that overlap, leave gaps, or whose own header contradicts the directory."""
    place = 0
    for member in sorted(members, key=lambda info: info.header_offset):
        name = shown(member.orig_filename)
        file.seek(place)
        head = file.read(_LOCAL.size)
        if member.header_offset != place or len(head) != _LOCAL.size:
            raise PackageError(f"The archive has a gap or an overlap before {name}.", hint=_REPACK)
        _mark, _need, flags, method, _time, _date, crc, packed, size, name_length, extra = _LOCAL.unpack(head)
        told = (member.flag_bits, member.compress_type, member.CRC, member.compress_size, member.file_size)
        if flags & 8 or (flags, method, crc, packed, size) != told:
            raise PackageError(
                f"The archive tells two stories about {name}, or was written as a stream.", hint=_REPACK
            )
        place += _LOCAL.size + name_length + extra + packed
    if place != directory:
        raise PackageError("The archive holds bytes that belong to no member.", hint=_REPACK)


def write_archive(file: BinaryIO, files: PackageFiles) -> None:
    """Write a package as a zip archive whose bytes depend on the content alone.

    Members are sorted by name, stored without compression (weights hardly shrink, and no release of zlib
    can change the bytes), dated 1980-01-01 and of mode 644.
    """
    with zipfile.ZipFile(file, "w", allowZip64=False) as archive:
        for name in sorted(files.sizes):
            member = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            member.create_system = 3
            member.external_attr = (stat.S_IFREG | 0o644) << 16
            member.file_size = files.sizes[name]
            with archive.open(member, "w") as target:
                for piece in files.pieces(name):
                    target.write(piece)
