"""How often a classifier is right, overall and class by class.

The contract of every function here: `true` and `predicted` are whole class numbers of shape [rows],
0 .. classes - 1, in the order of the model's labels (`LabelCodec.encode` makes them). Every row counts once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lepton_ai.core.errors import DataError, UsageError
from lepton_ai.metrics.checks import class_numbers, class_table, same_rows


@dataclass(frozen=True)
class ClassScores:
    """Scores class by class; each array has shape [classes].

    Attributes:
        precision: Of the rows given this class, the share that belongs to it.
        recall: Of the rows of this class, the share that was given it.
        f1: Harmonic mean of the two.
        support: Rows of this class.
        predicted: Rows that were given this class.
    """

    precision: NDArray[np.float64]
    recall: NDArray[np.float64]
    f1: NDArray[np.float64]
    support: NDArray[np.int64]
    predicted: NDArray[np.int64]


def accuracy(true: ArrayLike, predicted: ArrayLike) -> float:
    """The share of rows whose predicted class is the true one.

    Example:
        >>> accuracy([0, 1, 1, 2], [0, 1, 2, 2])
        0.75
    """
    first, second = _pair(true, predicted, classes=None)
    return float((first == second).mean())


def confusion_matrix(true: ArrayLike, predicted: ArrayLike, *, classes: int) -> NDArray[np.int64]:
    """Counts of shape [classes, classes]: rows are true classes, columns are predicted ones.

    Raises:
        DataError: A class number is outside 0 .. classes - 1.
    """
    first, second = _pair(true, predicted, classes=classes)
    counts = np.bincount(first * classes + second, minlength=classes * classes)
    return counts.reshape(classes, classes).astype(np.int64)


def precision_recall_f1(
    true: ArrayLike, predicted: ArrayLike, *, classes: int, zero_division: float = 0.0
) -> ClassScores:
    """Precision, recall and F1 of each class.

    Args:
        true: True classes, shape [rows].
        predicted: Predicted classes, shape [rows].
        classes: Number of classes.
        zero_division: The value of a share of no rows: the precision of a class that was never predicted,
            the recall of a class that no row has, and the F1 of a class that is neither.
    """
    return scores_of(confusion_matrix(true, predicted, classes=classes), zero_division=zero_division)


def scores_of(confusion: NDArray[np.int64], *, zero_division: float = 0.0) -> ClassScores:
    """Precision, recall and F1 of each class from a confusion matrix of shape [classes, classes]."""
    hits = np.diagonal(confusion).astype(np.float64)
    support, predicted = confusion.sum(axis=1), confusion.sum(axis=0)
    return ClassScores(
        precision=_share(hits, predicted, zero_division),
        recall=_share(hits, support, zero_division),
        f1=_share(2 * hits, support + predicted, zero_division),
        support=support,
        predicted=predicted,
    )


def macro_f1(true: ArrayLike, predicted: ArrayLike, *, classes: int) -> float:
    """The plain mean of the classes' F1: a rare class weighs as much as a common one.

    Classes that are neither in `true` nor in `predicted` are left out, as they have no F1. That is also what
    scikit-learn's `f1_score(average="macro")` does when it is given no list of labels.
    """
    scores = precision_recall_f1(true, predicted, classes=classes)
    return float(scores.f1[(scores.support + scores.predicted) > 0].mean())


def micro_f1(true: ArrayLike, predicted: ArrayLike) -> float:
    """F1 over all rows together. With exactly one label a row this is the accuracy."""
    return accuracy(true, predicted)


def weighted_f1(true: ArrayLike, predicted: ArrayLike, *, classes: int) -> float:
    """The mean of the classes' F1, each weighted by its number of rows."""
    scores = precision_recall_f1(true, predicted, classes=classes)
    return float((scores.f1 * scores.support).sum() / scores.support.sum())


def log_loss(true: ArrayLike, scores: ArrayLike) -> float:
    """Mean negative natural logarithm of the probability that was given to the true class; 0 is perfect.

    Args:
        true: True classes, shape [rows].
        scores: Probabilities of shape [rows, classes]; each row sums to 1.

    A probability of 0 counts as 2.2e-16, so that one row cannot make the mean infinite.

    Raises:
        DataError: A row is not a probability distribution.
    """
    table = class_table(scores, name="scores")
    numbers = class_numbers(true, name="true", classes=table.shape[1])
    same_rows(numbers, table, names=("true", "scores"))
    if table.min() < 0 or np.abs(table.sum(axis=1) - 1).max() > 1e-3:
        raise DataError("A row of scores is not a probability distribution.", hint="Pass softmax(logits).")
    given = table[np.arange(len(numbers)), numbers]
    return float(-np.log(np.clip(given, np.finfo(np.float64).eps, 1.0)).mean())


def _share(part: NDArray[np.float64], whole: NDArray[np.int64], otherwise: float) -> NDArray[np.float64]:
    shares = np.full(part.shape, otherwise, dtype=np.float64)
    np.divide(part, whole, out=shares, where=whole > 0)
    return shares


def _pair(
    true: ArrayLike, predicted: ArrayLike, *, classes: int | None
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    if classes is not None and classes < 1:
        raise UsageError(f"classes must be 1 or more; found {classes}.")
    first = class_numbers(true, name="true", classes=classes)
    second = class_numbers(predicted, name="predicted", classes=classes)
    same_rows(first, second, names=("true", "predicted"))
    return first, second
