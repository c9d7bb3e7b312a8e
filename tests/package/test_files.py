from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lepton_ai.core.errors import PackageError
from lepton_ai.package.files import check_names

UNSAFE = [
    "",
    "/etc/passwd",
    "../up",
    "a/../b",
    "a//b",
    "./a",
    "a/.",
    "a\\b",
    "C:x",
    "c:/x",
    "a\0b",
    "a b",
    "名",
    ".hidden",
    "-flag",
    "a.",
    "con",
    "NUL.txt",
    "x/com1.json",
    "a/",
    "x" * 101,
    "1/2/3/4/5/6/7/8/9",
]


@pytest.mark.parametrize("name", UNSAFE, ids=ascii)
def test_unsafe_names_are_refused(name):
    with pytest.raises(PackageError, match="unsafe name"):
        check_names([name])


@pytest.mark.parametrize(
    "name", ["manifest.json", "codecs/0.safetensors", "weights/a/b_c-1.pt", "console.md"]
)
def test_safe_names_pass(name):
    check_names([name])


def test_names_that_differ_by_case_are_refused():
    with pytest.raises(PackageError, match=r"'a/B\.onnx' and 'A/b\.onnx', which differ only by case"):
        check_names(["a/B.onnx", "A/b.onnx"])


@pytest.mark.parametrize("names", [["a", "a/b"], ["a/b/c", "a/b"], ["A", "a/b"]])
def test_a_name_that_is_a_file_and_a_folder_is_refused(names):
    with pytest.raises(PackageError, match="both as a file and as a folder"):
        check_names(names)


@given(st.text(max_size=30))
def test_whatever_passes_stays_in_its_folder(tmp_path_factory, name):
    try:
        check_names([name])
    except PackageError:
        return
    folder = tmp_path_factory.getbasetemp()
    assert (folder / name).resolve().is_relative_to(folder.resolve())
    assert (folder / name).resolve() != folder.resolve()
