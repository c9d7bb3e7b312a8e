import numpy as np
import pytest

from lepton_ai.core.errors import DataError, UsageError
from lepton_ai.metrics.checks import class_numbers, class_table, same_rows, top_scores


@pytest.mark.parametrize(
    ("values", "error", "said"),
    [
        ([], DataError, "no rows"),
        ([0.5], UsageError, "whole class numbers"),
        (["a"], UsageError, "LabelCodec"),
        ([[1]], UsageError, "shape"),
        ([0, 1, 3], DataError, "class number 3 at position 2; allowed: 0 to 2"),
        ([0, -1], DataError, "class number -1 at position 1"),
    ],
)
def test_class_numbers_are_refused_with_a_reason(values, error, said):
    with pytest.raises(error, match=said):
        class_numbers(values, name="true", classes=3)


def test_class_numbers_without_a_number_of_classes_still_refuse_negative_ones():
    with pytest.raises(DataError, match="0 or more"):
        class_numbers([0, 7, -2], name="true")
    assert class_numbers(np.array([7], dtype=np.uint8), name="true").dtype == np.int64


def test_tables_must_be_finite_and_two_dimensional():
    with pytest.raises(DataError, match="not finite in 1 rows, the first at position 1"):
        class_table([[0.0, 1.0], [np.nan, 0.0]], name="logits")
    with pytest.raises(UsageError, match="shape"):
        class_table([0.0, 1.0], name="logits")
    with pytest.raises(DataError, match="empty"):
        class_table(np.zeros((0, 3)), name="logits")


def test_rows_must_match():
    with pytest.raises(UsageError, match="true has 2 rows and predicted has 3"):
        same_rows(np.zeros(2), np.zeros(3), names=("true", "predicted"))


def test_top_scores_lie_between_0_and_1():
    with pytest.raises(DataError, match="probabilities"):
        top_scores([2.5], [True])
    with pytest.raises(DataError):
        top_scores([np.nan], [True])
    with pytest.raises(DataError, match="no rows"):
        top_scores([], [])
    with pytest.raises(UsageError, match="shape"):
        top_scores([[0.5]], [[True]])
    assert top_scores(np.array([1.000001], dtype=np.float32), [True])[0].max() == 1.0
