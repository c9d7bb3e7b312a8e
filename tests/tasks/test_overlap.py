from __future__ import annotations

import shutil

import polars as pl
import pytest

from lepton_ai import TextClassifier
from lepton_ai.core.errors import PackageError
from lepton_ai.data import seen
from lepton_ai.package import open_package
from lepton_ai.package.package import Package
from lepton_ai.tasks.overlap import SEEN_TEXTS, overlap_notes

FRESH = {"text": ["please send it back", "包裹丢了"], "label": ["refund", "delivery"]}


def test_a_test_on_training_texts_is_told(fitted, example):
    mixed = {name: [*example[name][:6], *FRESH[name]] for name in FRESH}
    mixed["text"][0] = mixed["text"][0].upper() + "!"
    report = fitted.evaluate(mixed)
    told = "6 of 8 rows (75.0%) have a text that was in the training data; the scores flatter the model."
    assert report.notes == (told,)
    assert told in report.to_text()


def test_a_test_on_other_texts_is_not(fitted):
    assert fitted.evaluate(FRESH).notes == ()


def test_it_is_told_after_loading(fitted, example, tmp_path):
    again = TextClassifier.load(fitted.save(tmp_path / "model.zip"))
    assert "40 of 40 rows" in again.evaluate(example).notes[0]


def test_validation_rows_are_not_training_rows(example):
    model = TextClassifier(recipe="fast").fit(example, validation=FRESH)
    assert model.evaluate(FRESH).notes == ()
    assert "40 of 40 rows" in model.evaluate(example).notes[0]


def test_of_a_sample_it_is_told_about(fitted, example, monkeypatch):
    few = seen.SeenTexts.of(pl.Series(example["text"]), most=10)
    monkeypatch.setattr(Package, "read", lambda package, name: few.to_bytes())
    told = "About 100.0% of 40 rows (by a sample of 10) have a text that was in the training data"
    assert overlap_notes(fitted.package_, pl.Series(example["text"]))[0].startswith(told)


def test_a_package_without_weights_does_not_tell(fitted, example, tmp_path):
    import msgspec

    folder = fitted.save(tmp_path / "model")
    manifest = msgspec.json.decode((folder / "manifest.json").read_bytes())
    manifest["files"] = {name: file for name, file in manifest["files"].items() if "weights" not in name}
    (folder / "manifest.json").write_bytes(msgspec.json.encode(manifest))
    shutil.rmtree(folder / "weights")
    assert TextClassifier.load(folder).evaluate(example).notes == ()


def test_a_damaged_file_is_told(fitted, example, monkeypatch):
    monkeypatch.setattr(Package, "read", lambda package, name: b"damaged")
    with pytest.raises(PackageError, match=f"weights/{SEEN_TEXTS} is damaged"):
        fitted.evaluate(example)


def test_no_training_text_is_in_the_package(fitted, example):
    package = open_package(fitted.package_.path)
    raw = package.read(f"weights/{SEEN_TEXTS}")
    assert not any(text.encode() in raw for text in example["text"])
