import dataclasses
import json

import numpy as np
import pytest

from lepton_ai.codecs.label import softmax
from lepton_ai.core.calibration import Calibration
from lepton_ai.core.errors import DataError, UsageError
from lepton_ai.metrics.classification import accuracy, macro_f1, weighted_f1
from lepton_ai.metrics.report import ClassificationReport

LABELS = ["发票", "物流", "other"]
INTERVAL = {"value", "low", "high"}
GOLDEN = {
    "": {
        "report", "format", "name", "rows", "labels", "level", "accuracy", "macro_f1", "micro_f1",
        "weighted_f1", "log_loss", "per_class", "confusion", "confusions", "calibration", "abstention",
        "histogram", "slices", "mistakes", "notes",
    },
    "accuracy": INTERVAL,
    "macro_f1": INTERVAL,
    "micro_f1": INTERVAL,
    "weighted_f1": INTERVAL,
    "per_class.0": {"label", "precision", "recall", "f1", "rows", "predicted"},
    "confusions.0": {"true", "predicted", "rows", "share"},
    "calibration": {"temperature", "ece_before", "ece_after", "ece_by_chance", "curve"},
    "calibration.curve.0": {"low", "high", "rows", "score", "accuracy"},
    "calibration.curve.0.accuracy": INTERVAL,
    "abstention": {"threshold", "risk", "coverage", "kept", "kept_accuracy", "area", "curve"},
    "abstention.kept_accuracy": INTERVAL,
    "abstention.curve.0": {"threshold", "coverage", "risk"},
    "histogram": {"edges", "right", "wrong"},
    "slices": {"found", "tested", "min_rows", "level"},
    "slices.found.0": {"column", "value", "rows", "wrong", "accuracy", "rest", "p_value"},
    "mistakes.0": {"row", "true", "predicted", "score", "text"},
}  # fmt: skip


def answers(*, rows=400, classes=3, seed=0):
    rng = np.random.default_rng(seed)
    true = rng.integers(0, classes, rows)
    logits = rng.normal(size=(rows, classes)) + 2.5 * np.eye(classes)[true]
    weak = rng.random(rows) < 0.2
    logits[weak] = rng.normal(size=(int(weak.sum()), classes))
    return true, logits, ["😀 " * bool(flag) + f"第{place}行 text" for place, flag in enumerate(weak)]


@pytest.fixture(scope="module")
def report():
    true, logits, texts = answers()
    return ClassificationReport.build(
        LABELS, true, logits, calibration=Calibration(0.9, 0.6, 0.1), texts=texts, notes=["recipe: fast"]
    )


def test_the_json_keeps_its_keys(report):
    told = report.to_json()
    for path, keys in GOLDEN.items():
        part = told
        for step in filter(None, path.split(".")):
            part = part[int(step)] if step.isdigit() else part[step]
        assert set(part) == keys, path
    assert (told["report"], told["format"]) == ("classification", 1)


def test_the_json_is_plain_json(report):
    told = report.to_json()
    assert json.loads(json.dumps(told, allow_nan=False)) == told


def test_the_summary_is_what_a_manifest_holds(report):
    told = report.summary()
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert told["macro_f1"] == report.to_json()["macro_f1"]
    assert told["kept_accuracy"]["value"] == report.abstention.kept_accuracy.value
    found = report.slices.found[0]
    name = f"{found.column} = {found.value}"
    assert told["slices"][0] == {"name": name, "rows": found.rows, "accuracy": found.accuracy.value}


def test_equal_inputs_make_equal_reports(report):
    true, logits, texts = answers()
    again = ClassificationReport.build(
        LABELS, true, logits, calibration=Calibration(0.9, 0.6, 0.1), texts=texts, notes=["recipe: fast"]
    )
    assert again == report
    assert again.to_html() == report.to_html()


def test_the_figures_are_those_of_the_answers_as_served(report):
    true, logits, _ = answers()
    scores = softmax(logits, 0.9)
    predicted, top = scores.argmax(axis=1), scores.max(axis=1)
    assert report.accuracy.value == pytest.approx(accuracy(true, predicted))
    assert report.macro_f1.value == pytest.approx(macro_f1(true, predicted, classes=3))
    assert report.weighted_f1.value == pytest.approx(weighted_f1(true, predicted, classes=3))
    assert report.micro_f1 == report.accuracy
    kept = top >= 0.6
    assert report.abstention.kept == kept.sum()
    assert report.abstention.kept_accuracy.value == pytest.approx((predicted == true)[kept].mean())
    assert report.abstention.curve[-1].coverage == 1.0
    assert report.abstention.curve[-1].risk == pytest.approx(1 - report.accuracy.value)
    assert sum(report.histogram.right) + sum(report.histogram.wrong) == report.rows == 400
    assert sum(map(sum, report.confusion)) == 400
    first = report.mistakes[0]
    assert first.score == pytest.approx(float(top[predicted != true].max()))
    assert LABELS[true[first.row - 1]] == first.true
    assert first.text.endswith(f"第{first.row - 1}行 text")
    assert ("emoji", "yes") in [(found.column, found.value) for found in report.slices.found]


def test_scores_may_stand_in_for_logits(report):
    true, logits, texts = answers()
    from_scores = ClassificationReport.build(
        LABELS, true, softmax(logits), kind="scores", calibration=Calibration(0.9, 0.6, 0.1), texts=texts
    )
    assert from_scores.confusion == report.confusion
    assert from_scores.calibration.ece_after == pytest.approx(report.calibration.ece_after, abs=1e-4)


def test_texts_are_cut_and_cleaned():
    texts = ["字" * 200, "a\nb\tc\x1b[31m\ud800"]
    report = ClassificationReport.build(
        ["a", "b"],
        [1, 1],
        [[3.0, 0.0], [2.0, 0.0]],
        calibration=Calibration(),
        texts=texts,
        row_numbers=[7, 9],
    )
    long, dirty = report.mistakes
    assert (long.row, len(long.text), long.text[-1]) == (7, 80, "…")
    assert (dirty.row, dirty.text) == (9, "a b c\ufffd[31m\ufffd")
    assert report.to_html().encode("utf-8")


@pytest.mark.parametrize(
    ("threshold", "said"),
    [(0.0, "every answer is kept"), (1.000001, "keeps no row"), (0.5, "of those are right")],
)
def test_every_threshold_has_its_words(threshold, said):
    true, logits, _ = answers(rows=50)
    report = ClassificationReport.build(LABELS, true, logits, calibration=Calibration(threshold=threshold))
    assert said in report.to_text()
    assert said in report.to_html()


@pytest.mark.parametrize("right", [True, False])
@pytest.mark.parametrize("rows", [1, 30])
@pytest.mark.parametrize("classes", [1, 2, 30, 130])
def test_edge_cases_have_a_report(rows, classes, right):
    true = np.arange(rows) % classes
    logits = np.eye(classes)[true if right else (true + 1) % classes] * 5
    labels = [f"label {number}" for number in range(classes)]
    report = ClassificationReport.build(
        labels, true, logits, calibration=Calibration(1.5, 0.5, 0.05), resamples=20
    )
    assert report.accuracy.value == (1.0 if right or classes == 1 else 0.0)
    assert report.to_text()
    assert report.to_html()
    json.dumps(report.to_json(), allow_nan=False)


def test_own_slices_are_looked_at_too():
    true, logits, texts = answers()
    channel = ["app" if "😀" in text else "web" for text in texts]
    report = ClassificationReport.build(
        LABELS, true, logits, calibration=Calibration(), slice_columns={"channel": channel}
    )
    assert ("channel", "app") in [(found.column, found.value) for found in report.slices.found]


def test_a_broken_promise_is_told(report):
    part = dataclasses.replace(report.abstention, risk=0.0001)
    assert "contradict" in dataclasses.replace(report, abstention=part).to_text()


@pytest.mark.parametrize(
    ("changed", "error", "said"),
    [
        ({"labels": ["a", "b"]}, UsageError, "2 labels"),
        ({"true": [0, 1]}, UsageError, "2 rows"),
        ({"true": [0, 1, 3]}, DataError, "class number 3"),
        ({"texts": ["a"]}, UsageError, "texts has 1"),
        ({"kind": "scores"}, UsageError, "probability"),
        ({"kind": "margins"}, UsageError, "'margins'"),
        ({"row_numbers": [1]}, UsageError, "row_numbers"),
        ({"true": [], "outputs": np.zeros((0, 3))}, DataError, "empty"),
    ],
)
def test_refuses_what_does_not_fit(changed, error, said):
    given = {
        "labels": LABELS,
        "true": [0, 1, 2],
        "outputs": np.eye(3) * 3,
        "calibration": Calibration(),
        **changed,
    }
    with pytest.raises(error, match=said):
        ClassificationReport.build(given.pop("labels"), given.pop("true"), given.pop("outputs"), **given)
