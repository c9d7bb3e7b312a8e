from __future__ import annotations

import shutil

import pytest
from tiny_package import edit_manifest, graph_of, replace_file

from lepton_ai.core.errors import PackageError
from lepton_ai.package import open_package


@pytest.fixture
def copy(tmp_path, written):
    return shutil.copytree(written, tmp_path / "copy")


def test_another_network_is_found_out(copy, contents):
    replace_file(copy, "model.onnx", graph_of(contents.inputs["message"], shift=0.01))
    with pytest.raises(PackageError, match=r"'logits' differs by up to 0\.01 \(allowed: 0\.0001\) in 8 of 8"):
        open_package(copy)
    assert open_package(copy, replay=False).manifest.name == "messages"


def test_another_calibration_is_found_out(copy):
    replace_file(copy, "calibration.json", b'{"temperature": 3.0, "threshold": 0.4}')
    with pytest.raises(
        PackageError, match=r"does not answer as it was trained to: in example row 0, .*differs by"
    ):
        open_package(copy)


def test_swapped_labels_are_found_out(copy):
    output = {"column": "topic", "codec": "label", "params": {"labels": ["refund", "delivery", "account"]}}
    edit_manifest(copy, output=output)
    with pytest.raises(PackageError, match="does not answer as it was trained to"):
        open_package(copy)


def test_labels_that_do_not_match_the_graph_are_our_error(copy):
    edit_manifest(copy, output={"column": "topic", "codec": "label", "params": {"labels": ["one"]}})
    with pytest.raises(PackageError, match="example rows cannot be answered"):
        open_package(copy)


def test_a_signature_that_its_own_rows_break_is_refused(copy):
    schema = {
        "type": "object",
        "properties": {"message": {"type": "string", "maxLength": 3}},
        "required": ["message"],
    }
    edit_manifest(copy, signature={"input": schema, "output": {}})
    with pytest.raises(
        PackageError, match=r"does not fit the signature: rows\[0\]\.message has 18 characters"
    ):
        open_package(copy)
