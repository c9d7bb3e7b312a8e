from __future__ import annotations

import os
import shutil

import pytest

from lepton_ai.core.errors import PackageError
from lepton_ai.package import open_package
from lepton_ai.package.files import Limits
from lepton_ai.package.folder import FolderFiles


@pytest.fixture
def copy(tmp_path, written):
    return shutil.copytree(written, tmp_path / "copy")


def test_a_link_to_a_file_is_refused(copy, written):
    (copy / "model.onnx").unlink()
    (copy / "model.onnx").symlink_to(written / "model.onnx")
    with pytest.raises(PackageError, match=r"a link, 'model\.onnx'"):
        open_package(copy)


def test_a_link_to_a_folder_is_refused(copy, written):
    shutil.rmtree(copy / "codecs")
    (copy / "codecs").symlink_to(written / "codecs")
    with pytest.raises(PackageError, match="a link, 'codecs'"):
        open_package(copy)


def test_a_pipe_is_refused_and_not_waited_for(copy):
    (copy / "card.md").unlink()
    os.mkfifo(copy / "card.md")
    with pytest.raises(PackageError, match="no plain file"):
        open_package(copy)


def test_a_link_put_in_place_after_listing_is_not_followed(copy, written):
    files = FolderFiles(copy)
    (copy / "model.onnx").unlink()
    (copy / "model.onnx").symlink_to(written / "model.onnx")
    with pytest.raises(PackageError, match="cannot be read"):
        files.read("model.onnx")


@pytest.mark.parametrize("content", [b"", b"longer" * 10_000])
def test_a_file_that_changes_its_size_while_read_is_refused(copy, content):
    files = FolderFiles(copy)
    (copy / "model.onnx").write_bytes(content)
    with pytest.raises(PackageError, match="not as long as it was listed"):
        files.read("model.onnx")


def test_a_removed_file_is_told(copy):
    (copy / "model.onnx").unlink()
    with pytest.raises(PackageError, match=r"lacks 'model\.onnx'"):
        open_package(copy)


def test_a_file_that_the_manifest_does_not_list_is_refused(copy):
    (copy / "extra.bin").write_bytes(b"x")
    with pytest.raises(PackageError, match=r"holds 'extra\.bin', which its manifest does not list"):
        open_package(copy)


def test_limits_hold(copy):
    with pytest.raises(PackageError, match="too many files"):
        FolderFiles(copy, limits=Limits(files=3, bytes=10**9))
    with pytest.raises(PackageError, match=r"more than 1,000 bytes"):
        FolderFiles(copy, limits=Limits(bytes=1000))


def test_a_large_manifest_is_not_read(copy):
    with pytest.raises(PackageError, match=r"at most 10 are read"):
        FolderFiles(copy, limits=Limits(manifest=10)).manifest_bytes()


def test_endless_folders_are_refused(copy):
    deep = copy
    for _ in range(12):
        deep = deep / "x"
    deep.mkdir(parents=True)
    with pytest.raises(PackageError, match="too many files or folders"):
        open_package(copy)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_read_is_told(copy):
    copy.chmod(0)
    try:
        with pytest.raises(PackageError, match="cannot be read"):
            open_package(copy)
    finally:
        copy.chmod(0o755)
