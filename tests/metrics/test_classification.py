import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as reference

from lepton_ai.core.errors import DataError, UsageError
from lepton_ai.metrics.classification import (
    accuracy,
    confusion_matrix,
    log_loss,
    macro_f1,
    micro_f1,
    precision_recall_f1,
    weighted_f1,
)

ANSWERS = st.integers(1, 6).flatmap(
    lambda classes: st.tuples(
        st.just(classes),
        st.lists(
            st.tuples(st.integers(0, classes - 1), st.integers(0, classes - 1)), min_size=1, max_size=60
        ),
    )
)


@settings(deadline=None, max_examples=100)
@given(ANSWERS)
def test_agrees_with_scikit_learn(answers):
    classes, pairs = answers
    true, predicted = map(list, zip(*pairs, strict=True))
    every = list(range(classes))
    expected = reference.precision_recall_fscore_support(true, predicted, labels=every, zero_division=0)
    scores = precision_recall_f1(true, predicted, classes=classes)
    for ours, theirs in zip(
        (scores.precision, scores.recall, scores.f1, scores.support), expected, strict=True
    ):
        np.testing.assert_allclose(ours, theirs, atol=1e-12)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # scikit-learn warns when there is one class only
        matrix = reference.confusion_matrix(true, predicted, labels=every)
    np.testing.assert_array_equal(confusion_matrix(true, predicted, classes=classes), matrix)
    assert accuracy(true, predicted) == pytest.approx(reference.accuracy_score(true, predicted))
    for average, ours in (
        ("macro", macro_f1(true, predicted, classes=classes)),
        ("micro", micro_f1(true, predicted)),
        ("weighted", weighted_f1(true, predicted, classes=classes)),
    ):
        assert ours == pytest.approx(reference.f1_score(true, predicted, average=average, zero_division=0))


def test_a_share_of_no_rows_is_what_was_asked_for():
    for value in (0.0, 1.0):
        scores = precision_recall_f1([0, 0], [0, 1], classes=3, zero_division=value)
        assert scores.precision.tolist() == [1.0, 0.0, value]
        assert scores.recall.tolist() == [0.5, value, value]
        assert scores.f1.tolist() == pytest.approx([2 / 3, 0.0, value])
    assert scores.predicted.tolist() == [1, 1, 0]


def test_macro_f1_leaves_out_classes_that_never_occur():
    assert macro_f1([0, 1], [0, 1], classes=50) == 1.0


@settings(deadline=None, max_examples=50)
@given(st.integers(2, 5), st.integers(1, 30), st.integers(0, 2**31))
def test_log_loss_agrees_with_scikit_learn(classes, rows, seed):
    rng = np.random.default_rng(seed)
    scores = rng.dirichlet(np.ones(classes), size=rows)
    true = rng.integers(0, classes, rows)
    assert log_loss(true, scores) == pytest.approx(reference.log_loss(true, scores, labels=range(classes)))


def test_log_loss_is_bounded_and_refuses_logits():
    assert 30 < log_loss([0], [[0.0, 1.0]]) < 40
    with pytest.raises(DataError, match="softmax"):
        log_loss([0], [[3.0, -1.0]])


def test_refuses_what_does_not_fit():
    with pytest.raises(UsageError, match="rows"):
        accuracy([0, 1], [0])
    with pytest.raises(DataError, match="class number 2"):
        confusion_matrix([0, 2], [0, 1], classes=2)
    with pytest.raises(UsageError, match="classes"):
        confusion_matrix([0], [0], classes=0)
