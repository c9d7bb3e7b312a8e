"""Sums of rows of a table, dense or sparse."""

from __future__ import annotations

import numpy as np
import torch

from lepton_ai.networks.ranking import item_linear
from lepton_ai.networks.ranking.item_linear import ItemLinear


def test_newer_items_are_heard_more():
    network = ItemLinear({"items": 4}, 3, half_life=1.0)
    network.weights[1:] = torch.eye(3)
    scores = network(torch.tensor([[2, 1, 3], [1, 0, 0]]))
    torch.testing.assert_close(scores, torch.tensor([[0.5, 1.0, 0.25], [1.0, 0.0, 0.0]]))


def test_a_sparse_table_answers_like_a_dense_one(monkeypatch):
    generator = np.random.default_rng(0)
    dense = ItemLinear({"items": 7}, 6, half_life=2.0)
    dense.weights[1:] = torch.from_numpy(generator.random((6, 6)).astype(np.float32))
    monkeypatch.setattr(item_linear, "DENSE", 1)
    sparse = ItemLinear({"items": 7}, 6, half_life=2.0)
    assert not sparse.dense
    for item in range(1, 7):
        order = torch.from_numpy(generator.permutation(6))
        sparse.others[item] = order
        sparse.weights[item] = dense.weights[item][order]
    items = torch.tensor([[3, 1, 6, 0], [2, 0, 0, 0]])
    torch.testing.assert_close(sparse(items), dense(items))


def test_only_an_empty_history_is_answered_by_the_prior(monkeypatch):
    for limit in (5_000, 1):
        monkeypatch.setattr(item_linear, "DENSE", limit)
        network = ItemLinear({"items": 4}, 3)
        network.prior.copy_(torch.tensor([1.0, 3.0, 2.0]))
        torch.testing.assert_close(network(torch.tensor([[0, 0]]))[0], network.prior)
        assert not network(torch.tensor([[2, 0]])).any()
