from __future__ import annotations

import numpy as np

from lepton_ai.training.rating.beliefs import Side
from lepton_ai.training.rating.groups import blocks
from lepton_ai.training.rating.sparse import SparseMatrix


def test_factors_are_drawn_around_the_regression_on_the_partners():
    rng = np.random.default_rng(0)
    users, items, width = 3, 200, 3
    partners, true = rng.normal(size=(items, width - 1)), rng.normal(size=(users, width))
    own, other = np.repeat(np.arange(users), items), np.tile(np.arange(items), users)
    targets = true[own, -1] + (true[own, :-1] * partners[other]).sum(1)
    side = Side([], size=users, width=width, rank=5, rng=rng)
    certainty = np.full(len(own), 1e4)
    side.draw_factors(blocks(own, other, shape=(users, items)), partners, targets, certainty)
    np.testing.assert_allclose(side.factors, true, atol=0.01)


def test_nothing_rated_is_drawn_from_the_beliefs():
    none = np.empty(0, np.int64)
    side = Side([], size=4000, width=2, rank=5, rng=np.random.default_rng(0))
    side.draw_factors(blocks(none, none, shape=(4000, 1)), np.ones((1, 1)), np.empty(0), np.empty(0))
    np.testing.assert_allclose(side.factors.mean(0), 0, atol=0.03)
    np.testing.assert_allclose(np.cov(side.factors.T), np.eye(2) / 5, atol=0.02)


def test_features_explain_factors_that_follow_from_them():
    rng = np.random.default_rng(0)
    size = 300
    kind = rng.integers(0, 3, size)
    features = SparseMatrix(np.arange(size), kind, np.ones(size), shape=(size, 3))
    side = Side([features], size=size, width=2, rank=5, rng=rng)
    centres = np.array([[2.0, 0.0], [-2.0, 1.0], [0.0, -1.0]])
    side.factors[:] = centres[kind] + rng.normal(scale=0.05, size=(size, 2))
    for _ in range(30):
        side.draw_beliefs()
    none = np.empty(0, np.int64)
    side.draw_factors(blocks(none, none, shape=(size, 1)), np.ones((1, 1)), np.empty(0), np.empty(0))
    found = np.stack([side.factors[kind == each].mean(0) for each in range(3)])
    np.testing.assert_allclose(found, centres, atol=0.1)
