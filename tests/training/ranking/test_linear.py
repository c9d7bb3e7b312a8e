"""Closed forms against the textbook, on small tables."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from lepton_ai.core.progress import Silent
from lepton_ai.networks.ranking.item_linear import ItemLinear
from lepton_ai.training.ranking.histories import Histories
from lepton_ai.training.ranking.linear import train_autoencoder, train_transitions
from lepton_ai.training.ranking.trainers import RankingLesson

ITEMS, LENGTH = 7, 5
WALKS = [np.random.default_rng(seed).integers(1, ITEMS + 1, 3 + seed % 6).tolist() for seed in range(30)]


def lesson(**settings):
    starts = np.concatenate([[0], np.cumsum([len(walk) for walk in WALKS])]).astype(np.int64)
    events = np.array([item for walk in WALKS for item in walk], np.int32)
    return RankingLesson(
        histories=Histories(starts, events),
        items=ITEMS,
        length=LENGTH,
        settings=settings,
        seed=0,
        progress=Silent(),
    )


def trained(trainer, half_life, **settings):
    network = ItemLinear({"items": ITEMS + 1}, ITEMS, half_life=half_life)
    trainer(network, lesson(**settings))
    return network.weights[1:].numpy()


def test_the_autoencoder_is_the_published_formula():
    taken = np.zeros((len(WALKS), ITEMS))
    for user, walk in enumerate(WALKS):
        taken[user, np.array(walk) - 1] = 1
    inverse = np.linalg.inv(taken.T @ taken + 2.0 * np.eye(ITEMS))
    expected = -inverse / np.diag(inverse)
    np.fill_diagonal(expected, 0)
    np.testing.assert_allclose(trained(train_autoencoder, 8.0, penalty=2.0), expected, atol=1e-4)


def test_transitions_are_a_ridge_regression_of_what_came_on_what_was():
    before, came = [], []
    for walk in WALKS:
        for place in range(1, len(walk)):
            row = np.zeros(ITEMS)
            for back, item in enumerate(walk[max(0, place - LENGTH) : place][::-1]):
                row[item - 1] += 0.5 ** (back / 2.0)
            before.append(row)
            came.append(np.eye(ITEMS)[walk[place] - 1])
    table, target = np.array(before), np.array(came)
    expected = np.linalg.solve(table.T @ table + 3.0 * np.eye(ITEMS), table.T @ target)
    np.testing.assert_allclose(trained(train_transitions, 2.0, penalty=3.0), expected, atol=1e-4)


def test_they_are_for_small_catalogues_only(monkeypatch):
    monkeypatch.setattr("lepton_ai.networks.ranking.item_linear.DENSE", 3)
    with pytest.raises(TypeError, match="small catalogue"):
        trained(train_autoencoder, 8.0)


def test_weights_are_finite_when_an_item_was_never_taken():
    network = ItemLinear({"items": ITEMS + 4}, ITEMS + 3)
    starts, events = np.array([0, 3], np.int64), np.array([1, 2, 3], np.int32)
    one = RankingLesson(
        histories=Histories(starts, events), items=ITEMS + 3, length=4, settings={}, seed=0, progress=Silent()
    )
    train_autoencoder(network, one)
    assert torch.isfinite(network.weights).all()
