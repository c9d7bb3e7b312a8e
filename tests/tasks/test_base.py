from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest

from lepton_ai import TextClassifier
from lepton_ai.core.errors import DataError, PackageError, UsageError
from lepton_ai.tasks.base import named_table
from lepton_ai.training import fit as training


@pytest.mark.parametrize("of", [list, tuple, np.array, pd.Series, pl.Series, iter])
def test_texts_and_labels_become_a_table(of):
    table = named_table(of(["a b", "c"]), of(["x", "y"]))
    assert table.frame.to_dict(as_series=False) == {"text": ["a b", "c"], "label": ["x", "y"]}


def test_texts_and_labels_must_fit_together():
    with pytest.raises(DataError, match="2 texts and 1 labels"):
        named_table(["a", "b"], ["x"])
    with pytest.raises(UsageError, match="must be the texts alone"):
        named_table({"text": ["a"]}, ["x"])
    with pytest.raises(UsageError, match="must be the texts alone"):
        named_table(Path("rows.csv"), ["x"])


def test_a_model_is_saved_as_a_folder_or_a_file(fitted, tmp_path):
    folder = fitted.save(tmp_path / "new" / "model")
    assert (folder / "manifest.json").is_file()
    archive = fitted.save(str(tmp_path / "model.zip"))
    assert archive.is_file()
    other = TextClassifier.load(archive).save(tmp_path / "other")
    assert (other / "manifest.json").read_bytes() == (folder / "manifest.json").read_bytes()
    assert TextClassifier.load(archive).save(tmp_path / "other.zip").is_file()


def test_a_loaded_model_has_its_settings(example, tmp_path):
    from sklearn.base import clone

    table = {"message": example["text"], "topic": example["label"]}
    settings = {"text": "message", "recipe": "fast", "class_weights": True, "risk": 0.2, "seed": 7}
    model = TextClassifier(**settings, name="first").fit(table)
    loaded = TextClassifier.load(model.save(tmp_path / "model"))
    assert loaded.get_params() == model.get_params()
    again = clone(loaded).fit(table)
    assert again.package_.manifest.lineage["plan_hash"] == model.package_.manifest.lineage["plan_hash"]
    np.testing.assert_array_equal(again.predict_proba(table), model.predict_proba(table))


def test_settings_that_this_release_does_not_have_are_passed_over(fitted, tmp_path):
    folder = fitted.save(tmp_path / "model")
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["lineage"]["settings"] |= {"temperament": "calm"}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    assert TextClassifier.load(folder).get_params() == fitted.get_params()
    del manifest["lineage"]["settings"]
    (folder / "manifest.json").write_text(json.dumps(manifest))
    assert TextClassifier.load(folder).recipe == "balanced"
    manifest["lineage"]["settings"] = ["fast"]
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(PackageError, match="settings in the lineage"):
        TextClassifier.load(folder)


def test_of_a_frame_the_inputs_alone_are_read(fitted, example, monkeypatch):
    read = []
    to_list = pl.Series.__iter__
    monkeypatch.setattr(pl.Series, "__iter__", lambda series: read.append(series.name) or to_list(series))
    frame = pl.DataFrame({"text": example["text"][:3], "other": [1, 2, 3], "more": [[1], [2], [3]]})
    assert fitted.answer(frame) == fitted.answer(example["text"][:3])
    assert read == ["text"]


def test_a_trained_model_can_be_trained_anew(example):
    model = TextClassifier(recipe="fast").fit(example)
    first = model.package_.path
    model.fit(example["text"], ["x" if label == "refund" else "y" for label in example["label"]])
    assert model.classes_.tolist() == ["x", "y"]
    assert set(model.predict(example["text"])) == {"x", "y"}
    assert model.package_.path != first


def test_a_fit_that_fails_leaves_the_model_as_it_was(example, monkeypatch):
    model = TextClassifier(recipe="fast").fit(example)
    before = model.predict_proba(example["text"])
    with pytest.raises(DataError):
        model.fit(["a"], ["b"])

    def broken(*arguments, **rest):
        raise RuntimeError("stopped")

    monkeypatch.setattr(training, "fit", broken)
    with pytest.raises(RuntimeError, match="stopped"):
        model.fit(example)
    np.testing.assert_array_equal(model.predict_proba(example["text"]), before)


def test_progress_is_told(example):
    class Heard:
        def __init__(self):
            self.stages = []

        def stage(self, name, total=0):
            self.stages.append(name)

        def advance(self, steps=1, note=""):
            pass

        def note(self, line):
            pass

    heard = Heard()
    TextClassifier(recipe="fast", progress=heard).fit(example)
    assert "Training on all rows" in heard.stages
    assert heard.stages[-1] == "Writing and proving the package"


def test_importing_the_estimator_needs_no_torch():
    import subprocess
    import sys

    code = "import sys; from lepton_ai import TextClassifier; TextClassifier(); print('torch' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "False"
