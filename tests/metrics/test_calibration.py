import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_ai.codecs.label import softmax
from lepton_ai.core.errors import DataError, UsageError
from lepton_ai.metrics.calibration import (
    ABSTAIN_ALL,
    calibration_noise,
    choose_threshold,
    expected_calibration_error,
    fit_temperature,
    reliability_curve,
    risk_coverage_curve,
    rows_needed,
)
from lepton_ai.metrics.classification import log_loss

ROWS = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=80)


def slow_error(scores, correct, bins):
    """Guo et al., equation 3, as it is written."""
    edges = np.linspace(0, 1, bins + 1)
    total = 0.0
    for low, high in itertools.pairwise(edges):
        inside = (scores > low) & (scores <= high) | ((low == 0) & (scores == 0))
        if inside.any():
            total += inside.sum() / len(scores) * abs(scores[inside].mean() - correct[inside].mean())
    return total


@settings(deadline=None, max_examples=80)
@given(ROWS, st.integers(1, 20))
def test_calibration_error_is_the_papers(rows, bins):
    scores, correct = (np.array(column) for column in zip(*rows, strict=True))
    assert expected_calibration_error(scores, correct, bins=bins) == pytest.approx(
        slow_error(scores, correct, bins)
    )


@settings(deadline=None, max_examples=80)
@given(ROWS, st.integers(1, 20), st.randoms(use_true_random=False))
def test_bins_hold_every_row_once_in_any_order(rows, bins, random):
    for method in ("width", "mass"):
        before = reliability_curve(*zip(*rows, strict=True), bins=bins, method=method)
        shuffled = random.sample(rows, len(rows))
        after = reliability_curve(*zip(*shuffled, strict=True), bins=bins, method=method)
        assert sum(part.rows for part in before) == len(rows)
        assert [(part.rows, part.high) for part in before] == [(part.rows, part.high) for part in after]
        for part in before:
            assert part.low - 1e-12 <= part.score <= part.high + 1e-12
            assert part.accuracy.low <= part.accuracy.value <= part.accuracy.high


def test_bins_of_equal_mass_are_of_equal_mass():
    curve = reliability_curve(np.linspace(0.2, 1, 100), np.ones(100, dtype=bool), bins=10, method="mass")
    assert [part.rows for part in curve] == [10] * 10
    with pytest.raises(UsageError, match="'mass'"):
        reliability_curve([0.5], [True], method="median")
    with pytest.raises(UsageError, match="bins"):
        reliability_curve([0.5], [True], bins=0)


def test_chance_explains_honest_scores_and_not_vain_ones():
    rng = np.random.default_rng(0)
    scores = rng.uniform(0.3, 1, 2000)
    chance = calibration_noise(scores)
    honest, vain = rng.random(2000) < scores, rng.random(2000) < scores - 0.2
    assert expected_calibration_error(scores, honest) < chance < expected_calibration_error(scores, vain)
    assert chance == calibration_noise(scores)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 2**31), st.integers(2, 6), st.floats(0.2, 6), st.integers(20, 200))
def test_temperature_is_the_minimum_of_the_loss(seed, classes, sharpness, rows):
    rng = np.random.default_rng(seed)
    true = rng.integers(0, classes, rows)
    logits = (rng.normal(size=(rows, classes)) + 1.5 * np.eye(classes)[true]) * sharpness
    found = fit_temperature(logits, true, smoothing=0)
    best = min(np.geomspace(0.05, 20, 300), key=lambda tried: log_loss(true, softmax(logits, tried)))
    assert log_loss(true, softmax(logits, found)) <= log_loss(true, softmax(logits, best)) + 1e-6
    # Twice the logits ask for twice the temperature.
    if 0.1 < found < 10:
        assert fit_temperature(logits * 2, true, smoothing=0) == pytest.approx(2 * found, rel=1e-5)


def test_temperature_recovers_the_sharpness_that_was_hidden():
    rng = np.random.default_rng(1)
    logits = rng.normal(size=(20_000, 5)) * 2
    true = (softmax(logits).cumsum(axis=1) > rng.random((20_000, 1))).argmax(axis=1)
    assert fit_temperature(logits * 3, true) == pytest.approx(3.0, rel=0.05)


def test_temperature_of_separable_rows_stays_modest():
    true = np.arange(60) % 3
    logits = np.eye(3)[true] * 4
    assert fit_temperature(logits, true, smoothing=0) == 0.05
    smoothed = fit_temperature(logits, true)
    top = softmax(logits, smoothed).max(axis=1)
    assert smoothed > 0.05
    assert 0.95 < top.min() < 0.999


def test_temperature_stays_in_bounds_and_is_defined_at_the_edges():
    rng = np.random.default_rng(0)
    against = rng.normal(size=(50, 3))
    assert fit_temperature(against * 100, against.argmin(axis=1)) == 20.0
    assert fit_temperature(np.ones((4, 3)), [0, 1, 2, 0]) == 1.0
    assert fit_temperature([[5.0], [2.0]], [0, 0]) == 1.0
    assert 0.05 <= fit_temperature(rng.normal(size=(30, 4)), np.zeros(30, dtype=int)) <= 20
    assert 0.05 <= fit_temperature(rng.normal(size=(30, 4)) * 1e6, np.arange(30) % 4) <= 20
    with pytest.raises(DataError, match="finite"):
        fit_temperature([[np.inf, 0.0]], [0])
    with pytest.raises(UsageError, match="smoothing"):
        fit_temperature([[1.0, 0.0]], [0], smoothing=1.0)


@settings(deadline=None, max_examples=80)
@given(
    st.lists(
        st.tuples(st.sampled_from([0.1, 0.2, 0.5, 0.5001, 0.9, 1.0]), st.booleans()), min_size=1, max_size=60
    )
)
def test_risk_coverage_is_what_each_threshold_gives(rows):
    scores, correct = (np.array(column) for column in zip(*rows, strict=True))
    curve = risk_coverage_curve(scores, correct)
    assert curve.threshold.tolist() == sorted(set(scores.tolist()), reverse=True)
    for threshold, coverage, risk in zip(curve.threshold, curve.coverage, curve.risk, strict=True):
        kept = scores >= threshold
        assert coverage == pytest.approx(kept.mean())
        assert risk == pytest.approx((~correct[kept]).mean())
    assert 0 <= curve.area <= 1


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**31), st.integers(1, 600), st.floats(0.01, 0.3), st.booleans())
def test_a_choice_tells_the_truth_about_its_rows(seed, rows, risk, coarse):
    rng = np.random.default_rng(seed)
    scores = rng.beta(4, 0.5, rows)
    scores = scores.round(1) if coarse else scores
    correct = rng.random(rows) < scores
    choice = choose_threshold(scores, correct, risk=risk)
    kept = scores >= choice.threshold
    assert choice.kept == kept.sum()
    assert choice.coverage == pytest.approx(kept.mean())
    if choice.met:
        assert choice.observed_risk == pytest.approx((~correct[kept]).mean())
        assert choice.observed_risk <= choice.risk_bound <= risk
    else:
        assert (choice.threshold, choice.kept, choice.observed_risk) == (ABSTAIN_ALL, 0, None)


def test_the_promise_holds_on_new_rows():
    """Over 400 draws, the true risk of the kept exceeds 5% in at most about 5% of them."""
    rng = np.random.default_rng(5)
    everyone = rng.beta(3, 0.5, 400_000) * 0.5 + 0.5
    broken, coverage = 0, []
    for _ in range(400):
        scores = rng.choice(everyone, 600)
        choice = choose_threshold(scores, rng.random(600) < scores)
        coverage.append(choice.coverage)
        if choice.met:
            kept = everyone[everyone >= choice.threshold]
            broken += (1 - kept).mean() > 0.05
    assert broken <= 400 * 0.05 + 2 * np.sqrt(400 * 0.05 * 0.95)
    assert np.mean(coverage) > 0.6  # of the 0.9 that an oracle would keep


def test_all_right_keeps_all_and_nothing_right_keeps_none():
    scores = np.linspace(0.5, 1, 200)
    every = choose_threshold(scores, np.ones(200, dtype=bool))
    assert (every.threshold, every.coverage, every.met) == (0.0, 1.0, True)
    none = choose_threshold(scores, np.zeros(200, dtype=bool))
    assert (none.threshold, none.met) == (ABSTAIN_ALL, False)
    assert np.float32(ABSTAIN_ALL) > np.float32(1.0)
    assert "No threshold" in none.reason


def test_too_few_rows_are_said_to_be_too_few():
    choice = choose_threshold(np.full(58, 0.9), np.ones(58, dtype=bool))
    assert not choice.met
    assert "58 rows are too few" in choice.reason
    assert "59 rows" in choice.reason
    assert choose_threshold(np.full(59, 0.9), np.ones(59, dtype=bool)).threshold == 0.0
    assert rows_needed(risk=0.05, confidence=0.95) == 59
    assert rows_needed(risk=0.05, confidence=0.95, failures=1) == 93
