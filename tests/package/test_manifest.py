from __future__ import annotations

import json

import numpy as np
import pytest

from lepton_ai.core.errors import PackageError, UsageError
from lepton_ai.package.manifest import check_name, encode_json, read_manifest


@pytest.fixture
def value(written):
    return json.loads((written / "manifest.json").read_text())


def read(value):
    return read_manifest(json.dumps(value).encode())


def test_a_written_manifest_is_read_back_equal(value):
    manifest = read(value)
    assert json.loads(encode_json(manifest)) == value
    assert read_manifest(encode_json(manifest)) == manifest


@pytest.mark.parametrize("name", ["a", "support-2", "A.b_c", "0", "x" * 100])
def test_a_name_that_can_be_is_given_back(name, value):
    assert check_name(name) == name
    assert read({**value, "name": name}).name == name


@pytest.mark.parametrize("name", ["", "../up", "a b", ".x", "a@1", "a\n", "客服", "x" * 101])
def test_a_name_that_cannot_be_is_refused(name, value):
    with pytest.raises(UsageError, match="cannot be named"):
        check_name(name)
    with pytest.raises(PackageError, match="cannot be read"):
        read({**value, "name": name})


def test_unknown_fields_are_passed_over(value):
    value["later"] = {"a": 1}
    value["output"]["later"] = 1
    assert read(value) == read({key: each for key, each in value.items() if key != "later"})


@pytest.mark.parametrize("raw", [b"", b"[]", b"null", b"{", b"\xff", b"[" * 200_000, b'{"format": NaN}'])
def test_what_is_no_json_object_is_refused(raw):
    with pytest.raises(PackageError, match=r"manifest\.json"):
        read_manifest(raw)


@pytest.mark.parametrize(
    ("place", "broken"),
    [
        ("name", "../x"),
        ("name", "x\n"),
        ("name", ""),
        ("name", "-x"),
        ("version", -1),
        ("task", "Text Classification"),
        ("inputs", []),
        ("graphs", {}),
        ("files", {"a": {"bytes": -1, "sha256": "0" * 64}}),
        ("files", {"a": {"bytes": 1, "sha256": "0" * 63}}),
    ],
)
def test_values_out_of_bounds_are_refused(value, place, broken):
    value[place] = broken
    with pytest.raises(PackageError, match=r"manifest\.json cannot be read"):
        read(value)


def test_a_package_without_its_default_graph_is_refused(value):
    value["graphs"] = {"small": value["graphs"]["default"]}
    with pytest.raises(PackageError, match="no graph 'default'"):
        read(value)


def test_a_column_with_two_codecs_is_refused(value):
    value["inputs"] *= 2
    with pytest.raises(PackageError, match="two codecs"):
        read(value)


@pytest.mark.parametrize("name", ["model.onnx", "codecs/0.safetensors", "card.md", "example.json"])
def test_a_file_that_is_needed_must_be_listed(value, name):
    del value["files"][name]
    with pytest.raises(PackageError, match=f"does not list '{name}'"):
        read(value)


def test_a_manifest_that_lists_itself_is_refused(value):
    value["files"]["manifest.json"] = value["files"]["model.onnx"]
    with pytest.raises(PackageError, match="lists itself"):
        read(value)


def test_numpy_values_are_written_as_plain_ones():
    given = {"a": np.float32(0.5), "b": np.arange(2), "c": float("nan"), "d": np.bool_(True)}
    assert json.loads(encode_json(given)) == {"a": 0.5, "b": [0, 1], "c": None, "d": True}


def test_other_objects_are_not_written():
    with pytest.raises(TypeError, match="object cannot be written"):
        encode_json({"a": object()})
