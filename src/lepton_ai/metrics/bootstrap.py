"""How much a score could differ on another sample of the same size, by resampling this one.

All intervals are percentile intervals (Efron 1979; Efron and Tibshirani 1993, chapter 13): the rows are drawn
again with replacement `n` times, and the middle `level` of the statistics is kept.

Where a statistic depends on the confusion matrix alone, the matrix is drawn instead of the rows, from the
multinomial distribution of its cells. That is the same distribution, as rows in one cell are alike, and costs
one draw a cell instead of one a row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lepton_ai.core.errors import DataError, UsageError
from lepton_ai.metrics.binomial import Interval, check_level
from lepton_ai.metrics.checks import class_numbers, same_rows

Score: TypeAlias = Literal["accuracy", "macro_f1", "micro_f1", "weighted_f1"]
SCORES: tuple[Score, ...] = ("accuracy", "macro_f1", "micro_f1", "weighted_f1")
"""The scores that need the confusion matrix alone."""

_Table: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True)
class Difference:
    """The score of the second model less that of the first, on the same rows.

    Attributes:
        difference: What was measured, with its interval.
        p_value: Two-sided: how often resampling would show a difference of the other sign, doubled.
    """

    difference: Interval
    p_value: float


def confidence_interval(
    statistic: Callable[[NDArray[np.int64]], float],
    *,
    rows: int,
    seed: int = 0,
    n: int = 1000,
    level: float = 0.95,
) -> Interval:
    """The percentile interval of any statistic of rows.

    Args:
        statistic: Takes row positions (shape [rows], with repeats) and gives the statistic of those rows.
        rows: The number of rows.
        seed: Start of the random draws; equal seeds give equal intervals.
        n: Number of resamples.
        level: The share of resamples inside the interval.

    For scores of a confusion matrix, `score_intervals` gives the same much faster.

    Example:
        >>> right = np.array([1, 1, 0, 1, 1, 1, 0, 1, 1, 1])
        >>> interval = confidence_interval(lambda index: right[index].mean(), rows=10)
        >>> interval.value, interval.low, interval.high
        (0.8, 0.5, 1.0)
    """
    _check_draws(rows, n, level)
    rng = np.random.default_rng(seed)
    drawn = np.array([statistic(rng.integers(0, rows, size=rows)) for _ in range(n)], dtype=np.float64)
    return _percentile(float(statistic(np.arange(rows))), drawn, level)


def score_intervals(
    confusion: ArrayLike, *, seed: int = 0, n: int = 1000, level: float = 0.95
) -> dict[Score, Interval]:
    """Percentile intervals of accuracy, macro, micro and weighted F1 from a confusion matrix.

    Args:
        confusion: Counts of shape [classes, classes]; rows are true classes.
        seed: Start of the random draws.
        n: Number of resamples.
        level: The share of resamples inside the interval.
    """
    counts = np.asarray(confusion, dtype=np.int64)
    total = int(counts.sum())
    _check_draws(total, n, level)
    true, predicted = np.nonzero(counts)
    weights = counts[true, predicted]
    drawn = np.random.default_rng(seed).multinomial(total, weights / total, size=n)
    measured = _scores(weights[None, :], true, predicted, classes=len(counts))
    resampled = _scores(drawn, true, predicted, classes=len(counts))
    return {name: _percentile(float(measured[name][0]), resampled[name], level) for name in SCORES}


def ratio_intervals(
    parts: ArrayLike,
    wholes: ArrayLike,
    *,
    seed: int = 0,
    n: int = 1000,
    level: float = 0.95,
) -> list[Interval]:
    """Percentile intervals of ratios of sums over rows, such as means, or means of some of the rows.

    Column j is sum(parts[:, j]) / sum(wholes[:, j]). A mean over all rows has a whole of 1 in every row, the
    mean over a slice has 1 in the slice and 0 elsewhere, and where a row stands for several things (a user
    with five ratings) its whole counts them.

    Args:
        parts: Numbers of shape [rows, columns]; 0 where the whole is 0.
        wholes: Numbers of 0 or more, of the same shape; each column has one over 0.
        seed: Start of the random draws; equal seeds give equal intervals.
        n: Number of resamples. One that draws no whole of a column is left out of that column's interval.
        level: The share of resamples inside the interval.

    Example:
        >>> interval = ratio_intervals([[1], [0], [1], [1]], [[1], [1], [1], [1]])[0]
        >>> interval.value, interval.low, interval.high
        (0.75, 0.25, 1.0)
    """
    upper, lower = np.asarray(parts, dtype=np.float64), np.asarray(wholes, dtype=np.float64)
    if upper.ndim != 2 or upper.shape != lower.shape:
        raise UsageError(
            f"parts and wholes must have one shape [rows, columns]; found {upper.shape} and {lower.shape}."
        )
    rows, columns = upper.shape
    _check_draws(rows, n, level)
    if lower.min() < 0 or not lower.any(axis=0).all():
        raise DataError("Every column of wholes must have numbers of 0 or more, and one over 0.")
    both, rng = np.hstack([upper, lower]), np.random.default_rng(seed)
    sums = np.empty((n, 2 * columns))
    for draw in range(n):
        sums[draw] = np.bincount(rng.integers(0, rows, size=rows), minlength=rows) @ both
    drawn = np.full((n, columns), np.nan)
    np.divide(sums[:, :columns], sums[:, columns:], out=drawn, where=sums[:, columns:] > 0)
    values = (upper.sum(axis=0) / lower.sum(axis=0)).tolist()
    return [
        _percentile(value, column[~np.isnan(column)], level)
        for value, column in zip(values, drawn.T, strict=True)
    ]


def paired_difference(
    true: ArrayLike,
    first: ArrayLike,
    second: ArrayLike,
    *,
    classes: int,
    score: Score = "accuracy",
    seed: int = 0,
    n: int = 2000,
    level: float = 0.95,
) -> Difference:
    """Whether a second model scores differently from a first one on the same rows.

    Rows are resampled together with both answers, so what makes a row hard for both cancels out. Rows with
    the same true class and answers are alike, so the counts of such triples are drawn (see the module).

    Args:
        true: True class numbers, shape [rows].
        first: Class numbers given by the first model.
        second: Class numbers given by the second model.
        classes: Number of classes.
        score: Which score to compare.
        seed: Start of the random draws.
        n: Number of resamples; the smallest p-value that can be told is 2 / (n + 1).
        level: The share of resamples inside the interval.
    """
    if score not in SCORES:
        raise UsageError(f"There is no score named {score!r}.", hint=f"Known: {', '.join(SCORES)}.")
    given = {"true": true, "first": first, "second": second}
    columns = {name: class_numbers(values, name=name, classes=classes) for name, values in given.items()}
    for name in ("first", "second"):
        same_rows(columns["true"], columns[name], names=("true", name))
    rows = len(columns["true"])
    _check_draws(rows, n, level)
    triples, weights = np.unique(np.stack(list(columns.values())), axis=1, return_counts=True)
    drawn = np.random.default_rng(seed).multinomial(rows, weights / rows, size=n)

    def gain(counts: NDArray[np.int64]) -> _Table:
        before, after = (
            _scores(counts, triples[0], triples[model], classes=classes)[score] for model in (1, 2)
        )
        return after - before

    differences = gain(drawn)
    # Sums in another order may leave 1e-16 where the difference is none.
    not_more, not_less = int((differences <= 1e-12).sum()), int((differences >= -1e-12).sum())
    p_value = min(1.0, 2 * (min(not_more, not_less) + 1) / (n + 1))
    return Difference(_percentile(float(gain(weights[None, :])[0]), differences, level), p_value)


def _scores(
    counts: NDArray[np.int64], true: NDArray[np.int64], predicted: NDArray[np.int64], *, classes: int
) -> dict[Score, _Table]:
    """Scores, each of shape [draws], from counts of shape [draws, cells] and each cell's two classes."""
    cells = counts.astype(np.float64)
    of_true, of_predicted = np.eye(classes)[true], np.eye(classes)[predicted]
    support, given = cells @ of_true, cells @ of_predicted
    hits = cells @ (of_true * of_predicted)
    both = support + given
    f1 = np.divide(2 * hits, both, out=np.zeros_like(hits), where=both > 0)
    rows = cells.sum(axis=1)
    right = hits.sum(axis=1) / rows
    return {
        "accuracy": right,
        "macro_f1": f1.sum(axis=1) / (both > 0).sum(axis=1),
        "micro_f1": right,
        "weighted_f1": (f1 * support).sum(axis=1) / rows,
    }


def _percentile(value: float, drawn: _Table, level: float) -> Interval:
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2]).tolist()
    return Interval(value, low, high)


def _check_draws(rows: int, n: int, level: float) -> None:
    check_level(level)
    if rows < 1:
        raise DataError("There are no rows to resample.", hint="A score needs at least one row.")
    if n < 1:
        raise UsageError(f"n, the number of resamples, must be 1 or more; found {n}.")
