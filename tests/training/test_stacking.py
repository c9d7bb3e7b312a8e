from __future__ import annotations

import numpy as np
import pytest
from toy import one_hot

from lepton_ai.training.stacking import blend_weights

NUMBERS = np.random.default_rng(0).integers(0, 3, 400)
TARGETS = one_hot(NUMBERS, 3)


def noise(seed):
    return np.random.default_rng(seed).normal(size=(400, 3)).astype(np.float32)


def test_a_network_that_knows_nothing_does_not_count():
    good, useless = 2 * TARGETS + noise(1), noise(2)
    weights = blend_weights([good, useless], TARGETS)
    assert weights[0] > 0.5
    assert weights[1] < 0.1 * weights[0]


def test_a_network_that_is_wrong_does_not_count():
    weights = blend_weights([2 * TARGETS + noise(1), -3 * TARGETS], TARGETS)
    assert weights[1] == pytest.approx(0, abs=1e-3)


def test_two_that_err_apart_are_better_together():
    members = [2 * TARGETS + noise(seed) for seed in (1, 2)]
    weights = blend_weights(members, TARGETS)
    assert weights[0] == pytest.approx(weights[1], rel=0.3)

    def loss(logits):
        raised = np.exp(logits - logits.max(1, keepdims=True))
        return -np.log((raised / raised.sum(1, keepdims=True))[np.arange(400), NUMBERS]).mean()

    together = loss(sum(weight * one for weight, one in zip(weights, members, strict=True)))
    assert together < min(loss(blend_weights([one], TARGETS)[0] * one) for one in members)


def test_one_weight_calibrates():
    weight = blend_weights([10 * (2 * TARGETS + noise(1))], TARGETS)[0]
    assert weight == pytest.approx(0.1 * blend_weights([2 * TARGETS + noise(1)], TARGETS)[0], rel=0.05)


def test_weights_are_never_below_zero_and_always_numbers():
    for members in ([np.zeros((400, 3), np.float32)], [1e3 * TARGETS, noise(3)], [-TARGETS, -2 * TARGETS]):
        weights = blend_weights(members, TARGETS)
        assert all(np.isfinite(weight) and weight >= 0 for weight in weights)
