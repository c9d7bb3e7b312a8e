from __future__ import annotations

import json

import numpy as np
import pytest

from lepton_ai.core.errors import PackageError
from lepton_ai.package.example import Example, compare_answers, compare_outputs, read_example

WHOLE = {
    "columns": {"a": ["x", "y"]},
    "outputs": {"logits": [[1.0, 2.0], [3.0, 4.0]]},
    "answers": [{"l": 1}, {"l": 2}],
}


def example(**changes):
    return read_example(json.dumps({**WHOLE, **changes}).encode())


def test_an_example_is_read():
    assert example() == Example(WHOLE["columns"], WHOLE["outputs"], WHOLE["answers"])


@pytest.mark.parametrize(
    "changes",
    [
        {"columns": {}},
        {"outputs": {}},
        {"answers": []},
        {"answers": [{}] * 33},
        {"columns": None},
        {"answers": [1]},
    ],
    ids=repr,
)
def test_a_broken_example_is_refused(changes):
    with pytest.raises(PackageError, match=r"example\.json cannot be read"):
        example(**changes)


def test_parts_of_different_length_are_refused():
    with pytest.raises(PackageError, match="not the same number of rows"):
        example(columns={"a": ["x"]})


def found(values):
    return {"logits": np.array(values, dtype=np.float32)}


def test_outputs_within_tolerance_pass():
    compare_outputs("default", found([[1, 2], [3, 4.0005]]), example(), tolerance=1e-3)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([[1, 2], [3, 4.5]], r"differs by up to 0\.5 \(allowed: 0\.001\) in 1 of 2 example rows"),
        ([[1, float("nan")], [3, 4]], "in 1 of 2 example rows"),
        ([[1, float("inf")], [3, 4]], "differs by up to inf"),
        ([[1], [3]], r"of shape \[2, 1\] for the example rows; the trained network gave \[2, 2\]"),
    ],
    ids=["far", "nan", "inf", "shape"],
)
def test_outputs_that_differ_are_told_by_how_much(values, said):
    with pytest.raises(PackageError, match=said):
        compare_outputs("default", found(values), example(), tolerance=1e-3)


@pytest.mark.parametrize(
    "stored", [[[1, 2], [3]], [["a", "b"], [1, 2]], [[None, 1], [2, 3]], [[{}, 1], [2, 3]]], ids=repr
)
def test_stored_outputs_that_are_no_table_are_refused(stored):
    with pytest.raises(PackageError, match=r"no even table|differs by"):
        compare_outputs(
            "default", found([[1, 2], [3, 4]]), example(outputs={"logits": stored}), tolerance=1.0
        )


def test_an_output_that_is_not_stored_is_refused():
    with pytest.raises(PackageError, match="no output 'other'"):
        compare_outputs("default", {"other": np.zeros((2, 2))}, example(), tolerance=1.0)


@pytest.mark.parametrize(
    ("ours", "theirs", "said"),
    [
        ({"label": "a"}, {"label": "b"}, "in example row 0, label is another one"),
        ({"score": 0.5}, {"score": 0.6}, r"score differs by 0\.1 \(allowed: 1e-05\)"),
        ({"scores": {"a": 1.0}}, {"scores": {"a": 0.0}}, r"scores\.a differs by 1"),
        ({"spans": [1, 2]}, {"spans": [1, 3]}, r"spans\[1\] differs by 1"),
        ({"spans": [1, 2]}, {"spans": [1]}, "spans is another one"),
        ({"abstained": True}, {"abstained": 1}, "abstained is another one"),
        ({"abstained": True}, {"abstained": False}, "abstained is another one"),
        ({"a": 1}, {"b": 1}, "the answer is another one"),
    ],
)
def test_answers_that_differ_are_told(ours, theirs, said):
    with pytest.raises(PackageError, match=said):
        compare_answers([ours], [theirs])


def test_answers_that_are_rounded_otherwise_pass():
    compare_answers(
        [{"score": 0.5, "label": "a", "x": [None, True]}],
        [{"score": 0.500001, "label": "a", "x": [None, True]}],
    )
