from __future__ import annotations

import os
import shutil
import zipfile

import pytest

from lepton_ai.core.errors import LeptonError, PackageError
from lepton_ai.package import open_package, pack, unpack


def tree(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_packing_gives_the_same_bytes_every_time(tmp_path, written):
    for name in ("a", "b"):
        copy = shutil.copytree(written, tmp_path / name)
        for path in copy.rglob("*"):
            os.utime(path, (1, 1) if name == "a" else None)
        pack(copy, tmp_path / f"{name}.zip")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_packing_an_archive_gives_the_canonical_one(tmp_path, packed):
    with (
        zipfile.ZipFile(packed) as source,
        zipfile.ZipFile(tmp_path / "other.zip", "w", zipfile.ZIP_DEFLATED) as out,
    ):
        for info in reversed(source.infolist()):
            out.writestr(info.filename, source.read(info))
    pack(tmp_path / "other.zip", tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == packed.read_bytes()


def test_unpacking_gives_the_folder_back(tmp_path, written, packed):
    unpack(packed, tmp_path / "out")
    assert tree(tmp_path / "out") == tree(written)


def test_a_damaged_package_is_neither_packed_nor_unpacked(tmp_path, written):
    copy = shutil.copytree(written, tmp_path / "copy")
    (copy / "model.onnx").write_bytes(b"x" * (copy / "model.onnx").stat().st_size)
    for act in (pack, unpack):
        with pytest.raises(PackageError, match=r"content of 'model\.onnx'"):
            act(copy, tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["copy"]


def test_unpacking_never_replaces_a_folder(tmp_path, packed):
    (tmp_path / "out").mkdir()
    with pytest.raises(LeptonError, match="exists already"):
        unpack(packed, tmp_path / "out")


def test_a_failed_pack_keeps_the_old_archive(tmp_path, written, monkeypatch):
    target = tmp_path / "p.zip"
    target.write_bytes(b"old")
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="No space left"):
        pack(written, target)
    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["p.zip"]


def test_a_packed_package_answers_as_the_folder_does(written, packed):
    folder, archive = open_package(written), open_package(packed)
    assert folder.manifest == archive.manifest
    assert folder.size_bytes == archive.size_bytes
    assert archive.weights() == folder.weights() == {"network.safetensors": b"\0" * 100}
