from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd
import polars as pl
import pytest

from lepton_ai import TextClassifier
from lepton_ai.core.errors import DataError, InputError, LeptonError, NotFoundError, UsageError
from lepton_ai.tasks.base import named_table
from lepton_ai.training import fit as training

TWENTY = [f"some text {row}" for row in range(20)]


def prepared(data, y=None, *, validation=None, **settings):
    model = TextClassifier(**{"recipe": "fast", **settings})
    others = None if validation is None else named_table(validation)
    return model.prepare(named_table(data, y), others, plain=y is not None)


@pytest.fixture
def holes(example):
    """The example with rows that lack a text or a label, or hold white space alone."""
    texts, labels = list(example["text"]), list(example["label"])
    texts[1], texts[3], labels[5], labels[7] = None, "  \u3000", None, " "
    return {"text": texts, "label": labels}


def test_rows_without_text_or_label_are_left_out_and_it_is_said(holes):
    found = prepared(holes)
    kept = [row for row in range(40) if row not in (1, 3, 5, 7)]
    assert list(found.row_numbers) == [row + 1 for row in kept]
    assert list(found.rows.columns["text"]) == [holes["text"][row] for row in kept]
    assert found.plan.explanation[0] == "4 rows without a text or a label were left out."
    assert len(found.rows.folds) == 36


def test_the_report_names_rows_of_the_table(holes):
    wrong = holes["label"][-1]
    holes["label"][-1] = "delivery"
    model = TextClassifier(recipe="fast").fit(holes)
    assert wrong == "refund"
    assert "4 rows without a text or a label were left out." in model.explanation_
    assert "36" in model.report_.to_text()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"text": ["a b c", "d e f"], "label": ["x", "y"]}, "2 rows with 2 different labels"),
        (
            {"text": [f"some text {row}" for row in range(20)], "label": ["x"] * 20},
            "20 rows with 1 different labels",
        ),
        (
            {"text": [f"some text {row}" for row in range(20)], "label": [None] * 20},
            "0 rows with 0 different labels",
        ),
    ],
)
def test_too_little_data_is_told(data, message):
    with pytest.raises(DataError, match=f"{message}.*at least 10 rows and 2 labels"):
        prepared(data, text="text", label="label")


def test_unknown_columns_are_told(example):
    with pytest.raises(NotFoundError, match=r"no column 'txt' to be the text\. Did you mean 'text'"):
        prepared(example, text="txt")
    with pytest.raises(NotFoundError, match=r"no column 'lable' to be the label\. Did you mean 'label'"):
        prepared(example, label="lable")
    with pytest.raises(UsageError, match="named as text and as label"):
        prepared(example, text="text", label="text")
    with pytest.raises(DataError, match="no column 'text'"):
        prepared(example, validation={"message": ["x"], "label": ["refund"]})


def test_other_names_are_found_or_given(example):
    table = {"number": list(range(40)), "message": example["text"], "intent": example["label"]}
    guessed = prepared(table).plan
    assert (guessed.input.column, guessed.output.column) == ("message", "intent")
    given = prepared(table, text="message", label="number").plan
    assert given.output.column == "number"


def test_plain_texts_may_be_short_and_look_like_anything():
    found = prepared(
        ["yes", "no", "1", "2"] * 5, ["a rather long label, as sentences go", "b"] * 10, text="message"
    )
    assert (found.plan.input.column, found.plan.output.column) == ("text", "label")


@pytest.mark.parametrize("recipe", ["fast", "balanced", "best"])
@pytest.mark.parametrize("class_weights", [False, True])
def test_settings_reach_the_plan(example, recipe, class_weights):
    plan = prepared(example, recipe=recipe, class_weights=class_weights, seed=9).plan
    assert plan.seed == 9
    assert plan.class_weights is class_weights
    assert plan.task == "text-classification"
    assert any(repr(recipe) in line for line in plan.explanation)


def test_an_unknown_recipe_is_told(example):
    with pytest.raises(UsageError, match="no recipe 'quick'"):
        prepared(example, recipe="quick")


def test_groups_and_times_reach_the_folds(example):
    groups = [f"customer {row % 8}" for row in range(40)]
    folds = prepared(example | {"customer": groups}, group="customer").rows.folds
    assert len({(group, fold) for group, fold in zip(groups, folds.tolist(), strict=True)}) == 8
    days = [f"2024-01-{1 + row % 28:02}" for row in range(40)]
    timed = prepared(example | {"day": days}, time="day")
    assert (timed.plan.rounds, timed.plan.refit) == (1, True)
    assert Counter(timed.rows.folds.tolist())[0] == pytest.approx(8, abs=2)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"risk": 5}, "risk is 5; it is a share"),
        ({"risk": 0.0}, "risk is 0.0"),
        ({"name": "my model"}, "cannot be named 'my model'"),
        ({"group": "label", "time": "text"}, "by group or by time, not by both"),
    ],
)
def test_what_cannot_be_is_refused_before_the_training(example, settings, told):
    with pytest.raises(UsageError, match=told):
        prepared(example, **settings)


def test_texts_that_the_model_will_refuse_do_no_harm_to_the_training(example):
    texts = [text + " x" * 10_000 if row % 3 == 0 else text for row, text in enumerate(example["text"])]
    model = TextClassifier(recipe="fast").fit(texts, example["label"])
    assert any(line.startswith("14 texts have more than 20,000 characters") for line in model.explanation_)
    assert all(len(text) <= 20_000 for text in model.package_.example.columns["text"])
    with pytest.raises(InputError, match="20,0"):
        model.predict(texts[:1])


def test_texts_that_are_all_too_long_are_told(example):
    with pytest.raises(DataError, match="Every text has more than 20,000 characters"):
        prepared([text + " x" * 10_000 for text in example["text"]], example["label"])


def test_validation_rows_without_answers_are_told(example):
    with pytest.raises(DataError, match="No validation row has both"):
        prepared(example, validation={"text": ["a", None], "label": [None, "refund"]})


def test_the_plan_and_the_folds_depend_on_data_and_seed_alone(example):
    one, again, other = (prepared(example, seed=seed) for seed in (1, 1, 2))
    assert one.plan.fingerprint() == again.plan.fingerprint() != other.plan.fingerprint()
    assert one.rows.folds.tolist() == again.rows.folds.tolist()


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ([False, True], ["false", "true"]),
        ([0, 1], ["0", "1"]),
        (np.array([3, 10]), ["10", "3"]),
        ([" spaced ", "spaced out"], ["spaced", "spaced out"]),
        (["退款", "配送"], ["退款", "配送"]),
        (['a"b', "c\\d"], ['a"b', "c\\d"]),
    ],
)
def test_labels_of_every_kind(example, labels, expected):
    y = [labels[int(label == "refund")] for label in example["label"]]
    model = TextClassifier(recipe="fast").fit(example["text"], y)
    assert model.classes_.tolist() == expected
    assert set(model.predict(example["text"])) == set(expected)
    assert model.score(example["text"], y) == 1.0


def test_a_class_of_two_rows(example):
    data = {
        "text": [*example["text"], "cancel my account", "请注销账号"],
        "label": [*example["label"], "rare", "rare"],
    }
    model = TextClassifier(recipe="fast").fit(data)
    assert model.classes_.tolist() == ["delivery", "rare", "refund"]
    assert model.predict_proba(["x"]).shape == (1, 3)


def test_a_class_of_one_row_and_class_weights(example):
    data = {"text": [*example["text"], "cancel my account"], "label": [*example["label"], "rare"]}
    model = TextClassifier(recipe="fast", class_weights=True).fit(data)
    assert "rare" in model.classes_


def test_scores_are_chances_in_the_order_of_the_classes(fitted, example):
    scores = fitted.predict_proba(example["text"])
    np.testing.assert_allclose(scores.sum(1), 1, atol=1e-5)
    assert (fitted.classes_[scores.argmax(1)] == fitted.predict(example["text"])).all()
    assert fitted.predict_proba([]).shape == (0, 2)
    assert fitted.predict([]).shape == (0,)


def test_score_is_the_accuracy_of_the_evaluation(fitted, example):
    labels = [*example["label"][:-1], "delivery"]
    report = fitted.evaluate(example["text"], labels)
    assert fitted.score(example["text"], labels) == report.accuracy.value == pytest.approx(39 / 40)


def test_evaluation_passes_over_rows_without_answers(fitted, holes):
    report = fitted.evaluate(holes)
    assert "4 rows without a text or a label were passed over" in report.to_text()
    with pytest.raises(DataError, match="No row has both"):
        fitted.evaluate({"text": [None], "label": ["refund"]})
    with pytest.raises(DataError, match="no column 'label'"):
        fitted.evaluate({"text": ["x"], "lable": ["refund"]})
    with pytest.raises(LeptonError, match="'refnd' was not among the training labels"):
        fitted.evaluate(["x"], ["refnd"])


@pytest.fixture
def spy(monkeypatch):
    """The texts of every training."""
    seen, real = [], training.train_members

    def watching(plan, part, **rest):
        seen.append(list(part.cells))
        return real(plan, part, **rest)

    monkeypatch.setattr(training, "train_members", watching)
    return seen


def test_validation_rows_are_never_trained_on(example, spy):
    validation = {"text": [f"refund number {row} now" for row in range(6)], "label": ["refund"] * 6}
    model = TextClassifier(recipe="fast").fit(example, validation=pd.DataFrame(validation))
    assert spy == [example["text"]]
    assert model.package_.calibration.rows == 6
    assert model.package_.manifest.lineage["rows"] == 40
    assert any("6 validation rows" in line for line in model.explanation_)


def test_the_report_is_on_rows_that_were_held_out(example, spy):
    generator = np.random.default_rng(0)
    texts = [f"{text} with thing{row}" for row, text in enumerate(example["text"] * 4)]
    labels = [["a", "b"][number] for number in generator.integers(0, 2, len(texts))]
    model = TextClassifier(recipe="fast").fit(texts, labels)
    # Labels without sense can be learnt by heart but not foreseen.
    assert model.report_.accuracy.value < 0.7
    assert model.score(texts, labels) > 0.9
    assert len(spy[-1]) == len(texts)


def test_a_file_a_frame_and_lists_make_the_same_model(example, fitted, tmp_path):
    path = tmp_path / "rows.csv"
    pl.DataFrame(example).write_csv(path)
    expected = fitted.predict_proba(example["text"])
    for data in ((path,), (str(path),), (pd.DataFrame(example),), (example["text"], example["label"])):
        model = TextClassifier(recipe="fast").fit(*data)
        np.testing.assert_allclose(model.predict_proba(example["text"]), expected, atol=1e-6)


def test_a_model_from_a_wide_table_reads_only_its_text(example, tmp_path):
    table = pl.DataFrame(
        {"": list(range(40)), "message": example["text"], "intent": example["label"], "stars": [1.5] * 40}
    )
    model = TextClassifier(recipe="fast", text="message", label="intent").fit(table)
    assert list(model.package_.inputs) == ["message"]
    assert model.evaluate(table).accuracy.value == 1.0
    assert len(model.predict(table)) == 40


def test_no_text_of_a_row_reaches_an_error(fitted):
    with pytest.raises(LeptonError) as caught:
        fitted.predict(["fine", "secret words " * 3000])
    assert "secret" not in str(caught.value)
    assert "rows[1].text" in str(caught.value)
