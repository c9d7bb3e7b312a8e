"""Whether a score means what it says, and from which score on an answer can be trusted.

Scores here are top scores: the probability of the predicted class, one a row. Nothing in this file asks how
many classes there are, but for `fit_temperature`, which works on logits.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lepton_ai.core.errors import UsageError
from lepton_ai.metrics.binomial import (
    Interval,
    binomial_tail,
    check_level,
    proportion_interval,
    upper_bound,
)
from lepton_ai.metrics.checks import class_numbers, class_table, same_rows, top_scores

ABSTAIN_ALL = 1.0 + 1e-6
"""A threshold that no score reaches, in single precision too: the model abstains on every row."""

_COLDEST, _HOTTEST = 0.05, 20.0
_STEPS = 20


@dataclass(frozen=True)
class ReliabilityBin:
    """The rows whose score lies in (low, high].

    Attributes:
        low: Lower edge, left out of the bin (but for a score of 0 in the first bin).
        high: Upper edge.
        rows: Rows in the bin; at least 1.
        score: Their mean score: how often the model expects to be right.
        accuracy: How often it is right, with the exact 95% interval.
    """

    low: float
    high: float
    rows: int
    score: float
    accuracy: Interval


@dataclass(frozen=True)
class RiskCoverage:
    """What each threshold would give; one entry per distinct score, highest first.

    Attributes:
        threshold: Rows with this score or a higher one are kept.
        coverage: The share of rows kept.
        risk: The share of wrong answers among the kept.
        area: The mean risk over all coverages (AURC); lower is better.
    """

    threshold: NDArray[np.float64]
    coverage: NDArray[np.float64]
    risk: NDArray[np.float64]
    area: float


@dataclass(frozen=True)
class ThresholdChoice:
    """The threshold from which on answers are kept, and what is known of it.

    Attributes:
        threshold: Keep an answer when its score is at least this. 0 keeps all, `ABSTAIN_ALL` keeps none.
        met: Whether a threshold was found that keeps the promise.
        coverage: The share of rows kept.
        kept: The number of rows kept.
        observed_risk: The share of wrong answers among them; None when none is kept.
        risk_bound: The upper limit of that share on new data, at `confidence`; None when none is kept.
        risk: The share of wrong answers that was asked for.
        confidence: How sure the promise is.
        rows: The rows that it was chosen on.
        reason: The outcome in words.
    """

    threshold: float
    met: bool
    coverage: float
    kept: int
    observed_risk: float | None
    risk_bound: float | None
    risk: float
    confidence: float
    rows: int
    reason: str


def expected_calibration_error(
    scores: ArrayLike, correct: ArrayLike, *, bins: int = 15, method: Literal["width", "mass"] = "width"
) -> float:
    """The mean distance between score and accuracy over bins, weighted by rows; 0 is perfect.

    Args:
        scores: Top scores, 0 to 1, shape [rows].
        correct: Whether each answer was right, shape [rows].
        bins: Number of bins; 15 as in Guo et al. 2017 (arXiv 1706.04599).
        method: "width" for bins (low, high] of equal width; "mass" for bins of about equally many rows
            (equal scores stay together).

    The value is never negative, so a model that is perfectly calibrated still gets more than 0 on a sample;
    `calibration_noise` says how much.
    """
    curve = reliability_curve(scores, correct, bins=bins, method=method)
    total = sum(part.rows for part in curve)
    return sum(part.rows * abs(part.score - part.accuracy.value) for part in curve) / total


def calibration_noise(
    scores: ArrayLike, *, bins: int = 15, level: float = 0.95, draws: int = 200, seed: int = 0
) -> float:
    """The calibration error that pure chance stays under in `level` of all samples with these scores.

    Right and wrong are drawn as the scores say, `draws` times. A measured error below this is no sign that
    the scores are off (consistency resampling, Bröcker and Smith 2007).
    """
    check_level(level)
    values, _ = top_scores(scores, np.ones(np.shape(scores), dtype=bool))
    index, used = _bin_index(values, _edges(values, bins, "width"))
    expected = np.bincount(index, weights=values, minlength=used)
    rng = np.random.default_rng(seed)
    errors = [
        float(
            np.abs(
                np.bincount(index, weights=rng.random(len(values)) < values, minlength=used) - expected
            ).sum()
        )
        for _ in range(draws)
    ]
    return float(np.quantile(errors, level)) / len(values)


def reliability_curve(
    scores: ArrayLike, correct: ArrayLike, *, bins: int = 15, method: Literal["width", "mass"] = "width"
) -> tuple[ReliabilityBin, ...]:
    """Score against accuracy, bin by bin from the lowest score up; empty bins are left out.

    The arguments are those of `expected_calibration_error`.
    """
    values, right = top_scores(scores, correct)
    edges = _edges(values, bins, method)
    index, used = _bin_index(values, edges)
    rows = np.bincount(index, minlength=used)
    sums = np.bincount(index, weights=values, minlength=used)
    hits = np.bincount(index, weights=right, minlength=used)
    return tuple(
        ReliabilityBin(
            low=float(edges[place]),
            high=float(edges[place + 1]),
            rows=int(rows[place]),
            score=float(sums[place] / rows[place]),
            accuracy=proportion_interval(int(hits[place]), int(rows[place])),
        )
        for place in np.flatnonzero(rows).tolist()
    )


def fit_temperature(logits: ArrayLike, targets: ArrayLike, *, smoothing: float | None = None) -> float:
    """The number to divide logits by so that the softmax gives honest probabilities.

    It minimises the negative log-likelihood on rows the network was not trained on (Guo et al. 2017, arXiv
    1706.04599). The loss is convex in 1 / temperature, so its only minimum is found by halving the interval
    between the bounds 0.05 and 20 on the sign of the slope.

    Args:
        logits: Shape [rows, classes].
        targets: True class numbers, shape [rows]; a class may have no row.
        smoothing: The share of each target that is spread over the other classes. None takes 1 / (rows + 2),
            the correction of Platt 1999: without it, rows that are all answered right (few rows, or classes
            that separate well) would ask for scores of exactly 1. Give 0 for plain maximum likelihood.

    Returns:
        The temperature; 1.0 when the logits of every row are equal, as then it changes nothing.
    """
    table = class_table(logits, name="logits")
    rows, classes = table.shape
    numbers = class_numbers(targets, name="targets", classes=classes)
    same_rows(table, numbers, names=("logits", "targets"))
    table = table - table.max(axis=1, keepdims=True)
    if classes == 1 or not table.any():
        return 1.0
    share = 1 / (rows + 2) if smoothing is None else smoothing
    if not 0 <= share < 1:
        raise UsageError(f"smoothing must be at least 0 and less than 1; found {share}.")
    own = table[np.arange(rows), numbers]
    others = (table.sum(axis=1) - own) / (classes - 1)
    wanted = float(((1 - share) * own + share * others).mean())
    return _zero_of(lambda temperature: _expected_logit(table, temperature) - wanted)


def risk_coverage_curve(scores: ArrayLike, correct: ArrayLike) -> RiskCoverage:
    """The share of wrong answers among the kept, for every threshold that can be told apart.

    Source: El-Yaniv and Wiener 2010; Geifman and El-Yaniv 2017 (arXiv 1705.08500).
    """
    values, right = top_scores(scores, correct)
    order = np.argsort(-values, kind="stable")
    ranked = values[order]
    last = np.flatnonzero(np.append(ranked[1:] != ranked[:-1], True))
    kept = last + 1
    risk = np.cumsum(~right[order])[last] / kept
    coverage = kept / len(values)
    area = float((risk * np.diff(coverage, prepend=0.0)).sum())
    return RiskCoverage(ranked[last], coverage, risk, area)


def choose_threshold(
    scores: ArrayLike, correct: ArrayLike, *, risk: float = 0.05, confidence: float = 0.95
) -> ThresholdChoice:
    """The lowest threshold whose kept answers are wrong in at most `risk` of cases, on new data too.

    With probability `confidence` over the draw of these rows, it holds for all rows from the same source.
    Source: selection with guaranteed risk, Geifman and El-Yaniv 2017 (arXiv 1705.08500), with the exact
    binomial limit (Clopper and Pearson 1934). Trying many thresholds and taking the best would break the
    promise, so they are tested in a fixed order (fixed-sequence testing; Angelopoulos et al. 2021, arXiv
    2110.01052): from the highest score down, each step keeping another twentieth of the rows, until the first
    step whose upper limit is over `risk`. The order depends on the scores alone, so every test may use the
    whole of the permitted error. A continuous scan would gain little coverage and would stop at the first
    unlucky row.

    Args:
        scores: Top scores as the model will give them (same temperature, same precision), shape [rows].
        correct: Whether each answer was right, shape [rows]. The rows must be used for nothing else; rows
            that also chose the network make the promise somewhat optimistic.
        risk: The share of wrong answers allowed among the kept, 0 to 1.
        confidence: How sure the promise must be.

    Returns:
        The choice; `threshold` is 0 when all rows can be kept, and `ABSTAIN_ALL` with `met` False when no
        threshold keeps the promise.
    """
    values, right = top_scores(scores, correct)
    check_level(risk)
    check_level(confidence)
    ranked = np.sort(values)[::-1]
    wrong = np.sort(values[~right])
    chosen = 0
    for kept in _steps(ranked, risk=risk, confidence=confidence):
        failures = len(wrong) - int(np.searchsorted(wrong, ranked[kept - 1]))
        if not _proved(failures, kept, risk=risk, confidence=confidence):
            break
        chosen = kept
    if not chosen:
        return _none_kept(len(values), risk=risk, confidence=confidence)
    threshold = 0.0 if chosen == len(values) else float(ranked[chosen - 1])
    failures = len(wrong) - int(np.searchsorted(wrong, threshold))
    return ThresholdChoice(
        threshold=threshold,
        met=True,
        coverage=chosen / len(values),
        kept=chosen,
        observed_risk=failures / chosen,
        risk_bound=upper_bound(failures, chosen, confidence=confidence),
        risk=risk,
        confidence=confidence,
        rows=len(values),
        reason=f"{chosen} of {len(values)} rows are kept; {failures} of them were answered wrong.",
    )


def rows_needed(*, risk: float, confidence: float, failures: int = 0) -> int:
    """The fewest kept rows, `failures` of them wrong, that prove a risk of at most `risk`.

    With none wrong it is 59 rows for a risk of 5% at a confidence of 95%.
    """
    least, most = failures + 1, failures + 1
    while not _proved(failures, most, risk=risk, confidence=confidence):
        least, most = most, most * 2
    while least < most:
        middle = (least + most) // 2
        if _proved(failures, middle, risk=risk, confidence=confidence):
            most = middle
        else:
            least = middle + 1
    return most


def _proved(failures: int, kept: int, *, risk: float, confidence: float) -> bool:
    """Whether the exact upper limit of the risk is at most `risk`, without computing the limit."""
    return failures < kept and binomial_tail(failures, kept, risk) <= 1 - confidence


def _steps(ranked: NDArray[np.float64], *, risk: float, confidence: float) -> list[int]:
    """How many rows each tested threshold keeps, fewest first; equal scores are kept together."""
    rows = len(ranked)
    # Where there are rows enough, the first step allows one wrong answer: a single slip at the top is common.
    first = rows_needed(risk=risk, confidence=confidence, failures=1)
    if first > rows / 2:
        first = rows_needed(risk=risk, confidence=confidence)
    grid = np.ceil(rows * np.arange(1, _STEPS + 1) / _STEPS).astype(np.int64)
    kept = np.searchsorted(-ranked, -ranked[grid - 1], side="right")
    return [int(count) for count in np.unique(kept) if count >= first]


def _none_kept(rows: int, *, risk: float, confidence: float) -> ThresholdChoice:
    needed = rows_needed(risk=risk, confidence=confidence)
    if rows < needed:
        reason = (
            f"{rows} rows are too few to prove a risk of at most {risk:.1%} at a confidence of "
            f"{confidence:.0%}: it takes {needed} rows without a wrong answer."
        )
    else:
        reason = f"No threshold keeps the risk at or under {risk:.1%} at a confidence of {confidence:.0%}."
    return ThresholdChoice(
        threshold=ABSTAIN_ALL,
        met=False,
        coverage=0.0,
        kept=0,
        observed_risk=None,
        risk_bound=None,
        risk=risk,
        confidence=confidence,
        rows=rows,
        reason=f"{reason} The model abstains on every row.",
    )


def _edges(values: NDArray[np.float64], bins: int, method: str) -> NDArray[np.float64]:
    if bins < 1:
        raise UsageError(f"bins must be 1 or more; found {bins}.")
    if method == "width":
        return np.linspace(0.0, 1.0, bins + 1)
    if method != "mass":
        raise UsageError(f"There is no way of binning named {method!r}.", hint="Known: 'mass', 'width'.")
    last = np.ceil(len(values) * np.arange(1, bins + 1) / bins).astype(np.int64) - 1
    return np.concatenate([[0.0], np.unique(np.sort(values)[last])])


def _bin_index(values: NDArray[np.float64], edges: NDArray[np.float64]) -> tuple[NDArray[Any], int]:
    return np.searchsorted(edges[1:-1], values, side="left"), len(edges) - 1


def _expected_logit(table: NDArray[np.float64], temperature: float) -> float:
    raised = np.exp(table / temperature)
    return float(((raised * table).sum(axis=1) / raised.sum(axis=1)).mean())


def _zero_of(slope: Callable[[float], float]) -> float:
    """Where a function that falls with the temperature crosses 0, or the bound it does not cross before."""
    low, high = math.log(_COLDEST), math.log(_HOTTEST)
    if slope(_COLDEST) <= 0:
        return _COLDEST
    if slope(_HOTTEST) >= 0:
        return _HOTTEST
    while high - low > 1e-7:
        middle = (low + high) / 2
        if slope(math.exp(middle)) > 0:
            low = middle
        else:
            high = middle
    return math.exp((low + high) / 2)
