import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special, stats

from lepton_ai.core.errors import UsageError
from lepton_ai.metrics.binomial import (
    binomial_tail,
    hypergeometric_tail,
    incomplete_beta,
    proportion_interval,
    upper_bound,
)

COUNTS = st.integers(1, 5000).flatmap(lambda rows: st.tuples(st.integers(0, rows), st.just(rows)))


@settings(deadline=None, max_examples=200)
@given(st.floats(0.5, 20000), st.floats(0.5, 20000), st.floats(0, 1))
def test_incomplete_beta_agrees_with_scipy(a, b, x):
    # The front factor cancels large logarithms, so the error grows with the parameters.
    assert incomplete_beta(a, b, x) == pytest.approx(special.betainc(a, b, x), abs=1e-14 * (a + b) + 1e-12)


@settings(deadline=None, max_examples=60)
@given(COUNTS, st.sampled_from([0.8, 0.95, 0.999]))
def test_the_interval_is_clopper_and_pearsons(counts, level):
    successes, rows = counts
    expected = stats.binomtest(successes, rows).proportion_ci(level, method="exact")
    interval = proportion_interval(successes, rows, level=level)
    assert (interval.low, interval.high) == pytest.approx((expected.low, expected.high), abs=1e-8)
    assert interval.low <= interval.value <= interval.high


@settings(deadline=None, max_examples=60)
@given(COUNTS, st.floats(0.001, 0.999))
def test_binomial_tail_agrees_with_scipy(counts, share):
    successes, rows = counts
    assert binomial_tail(successes, rows, share) == pytest.approx(
        stats.binom.cdf(successes, rows, share), abs=1e-9
    )


@settings(deadline=None, max_examples=100)
@given(st.data())
def test_hypergeometric_tail_agrees_with_scipy(data):
    total = data.draw(st.integers(1, 300))
    drawn, marked = data.draw(st.integers(0, total)), data.draw(st.integers(0, total))
    least = data.draw(st.integers(0, total))
    expected = stats.hypergeom.sf(least - 1, total, marked, drawn)
    assert hypergeometric_tail(least, drawn=drawn, total_marked=marked, total=total) == pytest.approx(
        expected, abs=1e-9
    )


def test_known_values():
    assert upper_bound(0, 59, confidence=0.95) < 0.05 < upper_bound(0, 58, confidence=0.95)
    assert upper_bound(7, 7, confidence=0.95) == 1.0
    assert proportion_interval(0, 5).low == 0.0
    assert incomplete_beta(2, 3, 0.0) == 0.0
    assert np.isfinite(upper_bound(3, 10_000_000, confidence=0.95))


@pytest.mark.parametrize(
    ("successes", "rows", "confidence"), [(1, 0, 0.9), (3, 2, 0.9), (-1, 2, 0.9), (1, 2, 1.0)]
)
def test_refuses_nonsense(successes, rows, confidence):
    with pytest.raises(UsageError):
        upper_bound(successes, rows, confidence=confidence)
