import numpy as np
import pytest

from lepton_ai.core.errors import DataError, UsageError
from lepton_ai.metrics import bootstrap
from lepton_ai.metrics.bootstrap import confidence_interval, paired_difference, score_intervals
from lepton_ai.metrics.classification import accuracy, confusion_matrix, macro_f1, weighted_f1

RNG = np.random.default_rng(0)
TRUE = RNG.integers(0, 4, 300)
PREDICTED = np.where(RNG.random(300) < 0.7, TRUE, RNG.integers(0, 4, 300))
SCORES = {
    "accuracy": accuracy,
    "macro_f1": lambda true, predicted: macro_f1(true, predicted, classes=4),
    "weighted_f1": lambda true, predicted: weighted_f1(true, predicted, classes=4),
}


@pytest.mark.parametrize("name", SCORES)
def test_drawing_the_matrix_is_drawing_the_rows(name):
    score = SCORES[name]
    slow = confidence_interval(lambda rows: score(TRUE[rows], PREDICTED[rows]), rows=300, n=1500)
    quick = score_intervals(confusion_matrix(TRUE, PREDICTED, classes=4), n=1500)[name]
    assert quick.value == pytest.approx(slow.value) == pytest.approx(score(TRUE, PREDICTED))
    assert (quick.low, quick.high) == pytest.approx((slow.low, slow.high), abs=0.012)


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    rng = np.random.default_rng(3)
    held = 0
    for _ in range(300):
        right = int((rng.random(200) < 0.8).sum())
        interval = score_intervals([[right, 200 - right], [0, 0]], n=300)["accuracy"]
        held += interval.low <= 0.8 <= interval.high
    assert 0.9 <= held / 300 <= 0.99


def test_equal_seeds_give_equal_intervals_and_a_wider_level_a_wider_one():
    matrix = confusion_matrix(TRUE, PREDICTED, classes=4)
    assert score_intervals(matrix, seed=1) == score_intervals(matrix, seed=1)
    assert score_intervals(matrix, seed=1) != score_intervals(matrix, seed=2)
    narrow, wide = (score_intervals(matrix, level=level)["macro_f1"] for level in (0.8, 0.99))
    assert wide.low < narrow.low < narrow.high < wide.high


def test_many_classes_are_quick_enough_to_draw():
    true = RNG.integers(0, 77, 3000)
    intervals = score_intervals(confusion_matrix(true, (true + (RNG.random(3000) < 0.1)) % 77, classes=77))
    assert intervals["macro_f1"].low < intervals["macro_f1"].value < intervals["macro_f1"].high


def test_a_model_does_not_differ_from_itself():
    same = paired_difference(TRUE, PREDICTED, PREDICTED, classes=4)
    assert (same.difference.value, same.difference.low, same.difference.high) == (0.0, 0.0, 0.0)
    assert same.p_value == 1.0


@pytest.mark.parametrize("score", bootstrap.SCORES)
def test_a_better_model_is_found_better(score):
    better = np.where(RNG.random(300) < 0.5, TRUE, PREDICTED)
    found = paired_difference(TRUE, PREDICTED, better, classes=4, score=score)
    assert found.difference.low > 0
    assert found.p_value < 0.01
    turned = paired_difference(TRUE, better, PREDICTED, classes=4, score=score)
    assert turned.difference.value == pytest.approx(-found.difference.value)


def test_chance_is_called_a_difference_about_as_often_as_it_should():
    rng = np.random.default_rng(9)
    called = 0
    for _ in range(200):
        true = np.zeros(150, dtype=int)
        first, second = (rng.random((2, 150)) < 0.2).astype(int)
        called += paired_difference(true, first, second, classes=2, n=400).p_value <= 0.05
    assert called / 200 <= 0.1


def test_refuses_nonsense():
    with pytest.raises(DataError, match="no rows"):
        score_intervals(np.zeros((2, 2)))
    with pytest.raises(UsageError, match="resamples"):
        confidence_interval(lambda rows: 0.0, rows=3, n=0)
    with pytest.raises(UsageError, match="confidence level"):
        confidence_interval(lambda rows: 0.0, rows=3, level=95)
    with pytest.raises(UsageError, match="macro_f1"):
        paired_difference([0], [0], [0], classes=1, score="auc")
    with pytest.raises(UsageError, match="rows"):
        paired_difference([0, 1], [0, 1], [0], classes=2)


def test_ratios_of_sums_agree_with_the_general_bootstrap():
    rng = np.random.default_rng(5)
    wholes = rng.integers(1, 6, (200, 1))
    parts = rng.binomial(wholes, 0.3)
    slow = confidence_interval(lambda rows: parts[rows].sum() / wholes[rows].sum(), rows=200, n=1500)
    quick = bootstrap.ratio_intervals(parts, wholes, n=1500)[0]
    assert quick.value == pytest.approx(slow.value)
    assert (quick.low, quick.high) == pytest.approx((slow.low, slow.high), abs=0.01)


def test_a_ratio_may_be_about_some_rows_only():
    inside = np.arange(100) < 3
    table = np.stack([inside * 2.0, np.ones(100)], axis=1)
    few, all_rows = bootstrap.ratio_intervals(table, np.stack([inside, np.ones(100)], axis=1), n=200)
    assert (few.value, few.low, few.high) == (2.0, 2.0, 2.0)  # resamples without such a row are left out
    assert (all_rows.value, all_rows.low, all_rows.high) == (1.0, 1.0, 1.0)


def test_refuses_ratios_of_nothing():
    with pytest.raises(UsageError, match="one shape"):
        bootstrap.ratio_intervals([[1.0]], [[1.0], [2.0]])
    with pytest.raises(DataError, match="one over 0"):
        bootstrap.ratio_intervals([[0.0, 1.0]], [[0.0, 1.0]])
