from __future__ import annotations

import hashlib
import json

import numpy as np
import pytest
from tiny_package import contents as tiny

from lepton_ai.core.calibration import Calibration
from lepton_ai.core.errors import LeptonError, PackageError
from lepton_ai.package import open_package, write_package


def refused(tmp_path, error=PackageError, **changes):
    """Write contents that must be refused, and check that nothing is left."""
    with pytest.raises(error) as caught:
        write_package(tmp_path / "p", tiny(**changes))
    assert list(tmp_path.iterdir()) == []
    return str(caught.value)


def test_every_file_is_listed_with_its_hash(written):
    files = json.loads((written / "manifest.json").read_text())["files"]
    there = {
        str(path.relative_to(written)): path.read_bytes() for path in written.rglob("*") if path.is_file()
    }
    del there["manifest.json"]
    assert {name: record["sha256"] for name, record in files.items()} == {
        name: hashlib.sha256(content).hexdigest() for name, content in there.items()
    }
    assert {name: record["bytes"] for name, record in files.items()} == {
        name: len(each) for name, each in there.items()
    }
    assert sorted(there) == [
        "calibration.json",
        "card.md",
        "codecs/0.safetensors",
        "example.json",
        "model.onnx",
        "profile.json",
        "weights/network.safetensors",
    ]


def test_the_manifest_is_given_back(tmp_path):
    manifest = write_package(tmp_path / "p", tiny())
    assert manifest == open_package(tmp_path / "p").manifest
    assert manifest.version == 0


def test_what_does_not_replay_never_appears(tmp_path):
    wrong = tiny().outputs["logits"] + 1
    assert "differs by up to 1" in refused(tmp_path, outputs={"logits": wrong})
    assert "does not answer as it was trained to" in refused(
        tmp_path, calibration=Calibration(temperature=9.0)
    )


def test_outputs_that_are_not_finite_never_appear(tmp_path):
    wrong = np.full_like(tiny().outputs["logits"], np.nan)
    refused(tmp_path, outputs={"logits": wrong})


@pytest.mark.parametrize("name", ["", "a/b", "../x", "x" * 101, "名字"])
def test_a_name_that_no_model_can_have_is_refused(tmp_path, name):
    assert "at `$.name`" in refused(tmp_path, name=name)


def test_weights_with_unsafe_names_are_refused(tmp_path):
    assert "unsafe name" in refused(tmp_path, weights={"../evil": b"x"})


def test_lineage_must_be_plain(tmp_path):
    assert "cannot be written as JSON" in refused(tmp_path, lineage={"plan": object()})


def test_a_package_needs_examples(tmp_path):
    refused(tmp_path, example={"message": []}, outputs={"logits": np.zeros((0, 3))}, answers=[])


def test_nothing_is_ever_replaced(tmp_path):
    (tmp_path / "p").mkdir()
    with pytest.raises(LeptonError, match="exists already"):
        write_package(tmp_path / "p", tiny())
