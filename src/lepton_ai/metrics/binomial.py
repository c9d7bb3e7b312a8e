"""Exact limits of a share that was counted on a sample."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from lepton_ai.core.errors import UsageError

_TINY = 1e-300


@dataclass(frozen=True)
class Interval:
    """A number measured on a sample, and the limits between which its true value lies.

    Attributes:
        value: What was measured.
        low: Lower limit.
        high: Upper limit.
    """

    value: float
    low: float
    high: float


def proportion_interval(successes: int, rows: int, *, level: float = 0.95) -> Interval:
    """The two-sided exact interval of a share (Clopper and Pearson 1934).

    It holds the true share in at least `level` of all samples, also when the share is 0 or 1, where the
    bootstrap would claim certainty.

    Example:
        >>> interval = proportion_interval(10, 10)
        >>> round(interval.low, 4), interval.high
        (0.6915, 1.0)
    """
    check_level(level)
    tail = (1 - level) / 2
    return Interval(
        value=successes / rows,
        low=1 - upper_bound(rows - successes, rows, confidence=1 - tail),
        high=upper_bound(successes, rows, confidence=1 - tail),
    )


def upper_bound(successes: int, rows: int, *, confidence: float) -> float:
    """The one-sided exact upper limit of a share (Clopper and Pearson 1934).

    The true share is at most this in at least `confidence` of all samples.

    Raises:
        UsageError: The counts or the confidence make no sense.
    """
    check_level(confidence)
    if rows < 1 or not 0 <= successes <= rows:
        raise UsageError(f"{successes} of {rows} is not a share of a sample.")
    if successes == rows:
        return 1.0
    low, high = successes / rows, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if binomial_tail(successes, rows, middle) > 1 - confidence:
            low = middle
        else:
            high = middle
    return high


def binomial_tail(successes: int, rows: int, share: float) -> float:
    """The probability of at most `successes` in `rows` draws that succeed with probability `share` each."""
    if successes >= rows:
        return 1.0
    return incomplete_beta(rows - successes, successes + 1, 1 - share)


def incomplete_beta(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function I_x(a, b), for positive a and b and x in 0 to 1.

    Source: Lentz's method on the continued fraction 26.5.8 of Abramowitz and Stegun (1964), as in
    Numerical Recipes, 3rd edition, section 6.4.
    """
    if x <= 0:
        return 0.0
    if x >= 1:
        return 1.0
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    )
    if x < (a + 1) / (a + b + 2):
        return front * _beta_fraction(a, b, x) / a
    return 1.0 - front * _beta_fraction(b, a, 1 - x) / b


def hypergeometric_tail(marked: int, *, drawn: int, total_marked: int, total: int) -> float:
    """The probability that `drawn` of `total` rows, taken blindly, hold at least `marked` marked ones.

    It is the one-sided p-value of Fisher's exact test (Fisher 1922).
    """
    first = max(marked, 0, drawn + total_marked - total)
    last = min(drawn, total_marked)
    if first > last:
        return 0.0
    if marked <= max(0, drawn + total_marked - total):
        return 1.0
    whole = _log_choose(total, drawn)
    terms = [
        _log_choose(total_marked, count) + _log_choose(total - total_marked, drawn - count) - whole
        for count in range(first, last + 1)
    ]
    return min(1.0, float(np.exp(np.array(terms)).sum()))


def check_level(level: float) -> None:
    """Raise `UsageError` unless `level` is between 0 and 1, both left out."""
    if not 0 < level < 1:
        raise UsageError(f"A confidence level lies between 0 and 1; found {level}.", hint="Usual is 0.95.")


def _log_choose(total: int, chosen: int) -> float:
    return math.lgamma(total + 1) - math.lgamma(chosen + 1) - math.lgamma(total - chosen + 1)


def _beta_fraction(a: float, b: float, x: float) -> float:
    numerator, denominator = 1.0, 1.0 / _away_from_zero(1.0 - (a + b) * x / (a + 1.0))
    value = denominator
    # The number of steps that are needed grows with the square root of the larger parameter.
    for step in range(1, 200 + 5 * int(math.sqrt(max(a, b)))):
        before = value
        for factor in _beta_factors(a, b, x, step):
            denominator = 1.0 / _away_from_zero(1.0 + factor * denominator)
            numerator = _away_from_zero(1.0 + factor / numerator)
            value *= denominator * numerator
        if abs(value - before) <= 1e-15 * abs(value):
            break
    return value


def _beta_factors(a: float, b: float, x: float, step: int) -> tuple[float, float]:
    double = 2 * step
    even = step * (b - step) * x / ((a - 1.0 + double) * (a + double))
    odd = -(a + step) * (a + b + step) * x / ((a + double) * (a + 1.0 + double))
    return even, odd


def _away_from_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
