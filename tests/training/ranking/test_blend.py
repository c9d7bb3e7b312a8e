"""Blends of networks as they are exported."""

from __future__ import annotations

import pytest
import torch

from lepton_ai.networks.ranking.gru_sequence import GRUSequence
from lepton_ai.networks.ranking.item_linear import ItemLinear
from lepton_ai.networks.ranking.two_tower import TwoTower
from lepton_ai.training.ranking.blend import QueryBlend, ScoreBlend

ITEMS = torch.tensor([[3, 1, 2], [5, 0, 0]])
SEEN = torch.tensor([[1, 2, 3], [5, 0, 0]])
VOCABULARY = {"items": 7}
WEIGHTS = [0.6, 0.3]


@pytest.fixture
def states():
    torch.manual_seed(0)
    words = torch.tensor([[1], [2], [1], [2], [1], [0]])
    networks = [TwoTower(VOCABULARY, 6, width=4, words=words), GRUSequence(VOCABULARY, 6, width=4, hidden=4)]
    for network in networks:
        torch.nn.init.normal_(network.table.bias)
    return [network.eval() for network in networks]


def expected(networks):
    return sum(weight * network(ITEMS) for network, weight in zip(networks, WEIGHTS, strict=True))


@torch.no_grad()
def test_scores_are_the_weighted_sum_and_seen_goes_through(states):
    linear = ItemLinear(VOCABULARY, 6)
    linear.weights[1:] = torch.rand(6, 6)
    blend = ScoreBlend([states[0], linear], WEIGHTS)
    assert blend.arrays == ("items", "seen")
    scores, seen = blend(ITEMS, SEEN)
    torch.testing.assert_close(scores, expected([states[0], linear]))
    torch.testing.assert_close(seen, SEEN)
    torch.testing.assert_close(blend.for_serving()(ITEMS, SEEN)[0], scores)


@torch.no_grad()
def test_a_query_times_the_item_vectors_is_the_blended_score(states):
    blend = QueryBlend(states, WEIGHTS)
    for model in (blend, blend.for_serving()):
        query, seen = model(ITEMS, SEEN)
        assert query.shape == (2, 9)
        torch.testing.assert_close(query @ blend.item_vectors().T, expected(states))
        torch.testing.assert_close(seen, SEEN)
