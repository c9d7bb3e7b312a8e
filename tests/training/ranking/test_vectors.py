"""Which items are alike."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from lepton_ai.networks.ranking import item_linear
from lepton_ai.networks.ranking.item_linear import ItemLinear
from lepton_ai.networks.ranking.neumf import NeuMF
from lepton_ai.networks.ranking.two_tower import TwoTower
from lepton_ai.training.ranking.vectors import item_vectors

ITEMS = 8


def linear():
    """Items of the same half lead to the same others."""
    network = ItemLinear({"items": ITEMS + 1}, ITEMS)
    halves = torch.arange(ITEMS) // 4
    same = (halves[:, None] == halves).float() + 0.01 * torch.rand(ITEMS, ITEMS)
    for item in range(ITEMS):
        order = same[item].argsort(descending=True)[: network.weights.shape[1]]
        if network.dense:
            network.weights[item + 1] = same[item]
        else:
            network.weights[item + 1], network.others[item + 1] = same[item][order], order
    return network


def tower():
    return TwoTower({"items": ITEMS + 1}, ITEMS, width=4)


def assert_unit(vectors):
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


@pytest.mark.parametrize("dense", [True, False])
def test_items_that_lead_to_the_same_others_are_alike(dense, monkeypatch):
    if not dense:
        monkeypatch.setattr(item_linear, "DENSE", 1)
    network = linear()
    assert network.dense is dense
    vectors = item_vectors([network], [1.0])
    assert_unit(vectors)
    cosines = vectors @ vectors.T
    assert cosines[:4, :4].min() > 0.9 > 0.5 > cosines[:4, 4:].max()


def test_learned_vectors_and_weights_between_items_count_alike():
    chosen = tower()
    both, alone = item_vectors([linear(), chosen], [0.5, 0.5]), item_vectors([chosen], [1.0])
    assert_unit(both)
    np.testing.assert_allclose(both[:, :4] * 2**0.5, alone, atol=1e-4)


def test_several_networks_stand_side_by_side_by_their_weight():
    networks = [tower(), NeuMF({"user": 3}, ITEMS, width=2)]
    vectors = item_vectors(networks, [0.8, 0.2])
    assert_unit(vectors)
    assert vectors.shape == (ITEMS, 8)
    np.testing.assert_allclose(np.linalg.norm(vectors[:, :4], axis=1) ** 2, 0.8, atol=1e-5)


def test_vectors_are_centred_and_nothing_known_is_0():
    network = tower()
    with torch.no_grad():
        network.table.own.fill_(3.0)
        network.table.own[0] = torch.tensor([9.0, 3.0, 3.0, 3.0])
    vectors = item_vectors([network], [1.0])
    assert vectors[0] @ vectors[1] < -0.99
    with torch.no_grad():
        network.table.own.fill_(3.0)
    assert not item_vectors([network], [1.0]).any()


def test_the_same_networks_give_the_same_vectors():
    network = linear()
    np.testing.assert_array_equal(item_vectors([network], [1.0]), item_vectors([network], [1.0]))
