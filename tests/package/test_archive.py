from __future__ import annotations

import struct
import zipfile
import zlib

import pytest

from lepton_ai.core.errors import PackageError
from lepton_ai.package import open_package
from lepton_ai.package.archive import ZipFiles
from lepton_ai.package.files import Limits


def members_of(packed):
    with zipfile.ZipFile(packed) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


def rewrite(target, members, *, method=zipfile.ZIP_STORED, comment=b""):
    """Write an archive with Python's own writer; `members` is name (or ZipInfo) and content."""
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
        archive.comment = comment
    return target


def test_an_archive_compressed_by_another_tool_opens(tmp_path, packed):
    target = rewrite(tmp_path / "p.zip", members_of(packed).items(), method=zipfile.ZIP_DEFLATED)
    assert open_package(target).manifest.name == "messages"


def test_folder_entries_of_other_tools_are_passed_over(tmp_path, packed):
    target = rewrite(tmp_path / "p.zip", [("codecs/", b""), *members_of(packed).items()])
    assert open_package(target).manifest.name == "messages"


@pytest.mark.parametrize(
    "name",
    ["../evil", "/evil", "a/../../evil", "C:/evil", "a\\evil", "..", "../", "a\0.txt", "\ufeffmanifest.json"],
    ids=ascii,
)
def test_unsafe_names_are_refused(tmp_path, packed, name):
    info = zipfile.ZipInfo("x")
    info.filename = info.orig_filename = name
    target = rewrite(tmp_path / "p.zip", [*members_of(packed).items(), (info, b"")])
    with pytest.raises(PackageError, match=r"unsafe name|which its manifest does not list"):
        open_package(target)
    assert [each.name for each in tmp_path.iterdir()] == ["p.zip"]


@pytest.mark.parametrize("mode", [0o120777, 0o020666, 0o010644, 0o060644, 0o140755])
def test_links_and_devices_are_refused(tmp_path, packed, mode):
    info = zipfile.ZipInfo("weights/link")
    info.external_attr = mode << 16
    target = rewrite(tmp_path / "p.zip", [*members_of(packed).items(), (info, b"/etc/passwd")])
    with pytest.raises(PackageError, match="a link or device, 'weights/link'"):
        open_package(target)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_twice_is_refused(tmp_path, packed):
    target = rewrite(tmp_path / "p.zip", [*members_of(packed).items(), ("model.onnx", b"other")])
    with pytest.raises(PackageError, match=r"'model\.onnx' twice"):
        open_package(target)


def test_names_that_differ_by_case_are_refused(tmp_path, packed):
    target = rewrite(tmp_path / "p.zip", [*members_of(packed).items(), ("MODEL.onnx", b"other")])
    with pytest.raises(PackageError, match="differ only by case"):
        open_package(target)


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path, packed):
    members = [*members_of(packed).items(), ("weights/zeros", b"\0" * 20_000_000)]
    target = rewrite(tmp_path / "p.zip", members, method=zipfile.ZIP_DEFLATED)
    with pytest.raises(PackageError, match="the archive is a bomb"):
        open_package(target)


def test_a_member_longer_than_its_header_says_is_not_unpacked(tmp_path, packed):
    """The header says 100 bytes; the compressed stream holds a hundred million."""
    content = b"\0" * 100_000_000
    squeezed = zlib.compress(content, 9)[2:-4]
    target = rewrite(tmp_path / "p.zip", [("manifest.json", squeezed)])
    raw = bytearray(target.read_bytes())
    for mark, at in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        start = raw.index(mark)
        struct.pack_into("<H", raw, start + at, zipfile.ZIP_DEFLATED)
        struct.pack_into("<I", raw, start + at + 14, 100)
    target.write_bytes(raw)
    with pytest.raises(PackageError):
        open_package(target)


@pytest.mark.parametrize("junk", [b"x", b"PK\x05\x06", b"\0" * 22])
def test_bytes_behind_the_archive_are_refused(tmp_path, packed, junk):
    (tmp_path / "p.zip").write_bytes(packed.read_bytes() + junk)
    with pytest.raises(PackageError, match=r"does not end with its directory|not where its end says"):
        open_package(tmp_path / "p.zip")


def test_bytes_before_the_archive_are_refused(tmp_path, packed):
    (tmp_path / "p.zip").write_bytes(b"#!/bin/sh\n" + packed.read_bytes())
    with pytest.raises(PackageError, match="not where its end says"):
        open_package(tmp_path / "p.zip")


def test_a_second_archive_in_front_is_refused(tmp_path, packed):
    (tmp_path / "p.zip").write_bytes(packed.read_bytes() * 2)
    with pytest.raises(PackageError, match="not where its end says"):
        open_package(tmp_path / "p.zip")


def test_a_comment_is_refused(tmp_path, packed):
    target = rewrite(tmp_path / "p.zip", members_of(packed).items(), comment=b"hello")
    with pytest.raises(PackageError, match="has a comment"):
        open_package(target)


def test_members_that_share_bytes_are_refused(tmp_path, packed):
    raw = bytearray(packed.read_bytes())
    first = raw.index(b"PK\x01\x02")
    second = raw.index(b"PK\x01\x02", first + 4)
    raw[second + 42 : second + 46] = raw[first + 42 : first + 46]
    (tmp_path / "p.zip").write_bytes(raw)
    with pytest.raises(PackageError, match=r"gap or an overlap|two stories"):
        open_package(tmp_path / "p.zip")


def test_a_header_that_contradicts_the_directory_is_refused(tmp_path, packed):
    raw = bytearray(packed.read_bytes())
    struct.pack_into("<I", raw, raw.index(b"PK\x03\x04") + 14, 0xDEADBEEF)
    (tmp_path / "p.zip").write_bytes(raw)
    with pytest.raises(PackageError, match="two stories about"):
        open_package(tmp_path / "p.zip")


def test_an_encrypted_member_is_refused(tmp_path, packed):
    raw = bytearray(packed.read_bytes())
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    raw[raw.index(b"PK\x03\x04") + 6] |= 1
    (tmp_path / "p.zip").write_bytes(raw)
    with pytest.raises(PackageError, match="encrypted or patched member"):
        open_package(tmp_path / "p.zip")


def test_a_zipped_folder_tells_where_the_package_is(tmp_path, packed):
    members = [(f"model/{name}", content) for name, content in members_of(packed).items()]
    with pytest.raises(PackageError, match=r"There is one in 'model/manifest\.json'"):
        open_package(rewrite(tmp_path / "p.zip", members))


@pytest.mark.parametrize("keep", [0, 1, 21, 22, 100, -1, -22])
def test_a_truncated_archive_is_refused(tmp_path, packed, keep):
    raw = packed.read_bytes()
    (tmp_path / "p.zip").write_bytes(raw[:keep])
    with pytest.raises(PackageError):
        open_package(tmp_path / "p.zip")


def test_limits_hold(packed):
    with pytest.raises(PackageError, match="too many"):
        ZipFiles(packed, limits=Limits(files=2))
    with pytest.raises(PackageError, match=r"more than 100 bytes"):
        ZipFiles(packed, limits=Limits(bytes=100))


def test_another_kind_of_file_is_refused(tmp_path):
    (tmp_path / "p.zip").write_text("text,label\n" * 100)
    with pytest.raises(PackageError, match="is no zip file"):
        open_package(tmp_path / "p.zip")
