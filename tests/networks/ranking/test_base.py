"""States of histories, and features of users."""

from __future__ import annotations

import pytest
import torch

from lepton_ai.networks.ranking import RANKING_NETWORKS
from lepton_ai.networks.ranking.base import StateNetwork, UserFeatures

STATE_NETWORKS = [
    name for name in RANKING_NETWORKS if issubclass(RANKING_NETWORKS[name], StateNetwork)
]  # fmt: skip


def network(name="causal_transformer", **settings):
    torch.manual_seed(0)
    return RANKING_NETWORKS[name]({"items": 8}, 7, width=8, **settings).eval()


@pytest.mark.parametrize("name", STATE_NETWORKS)
def test_a_state_knows_only_what_is_further_back(name):
    one, other = torch.tensor([[1, 2, 3, 4]]), torch.tensor([[7, 6, 3, 4]])
    states = network(name).states
    torch.testing.assert_close(states(one)[:, 2:], states(other)[:, 2:])
    assert not torch.allclose(states(one)[:, :2], states(other)[:, :2])


@pytest.mark.parametrize("name", STATE_NETWORKS)
def test_a_state_does_not_know_where_it_is(name):
    states = network(name).states
    whole, shorter = states(torch.tensor([[5, 1, 2, 3]])), states(torch.tensor([[1, 2, 3, 0]]))
    torch.testing.assert_close(whole[:, 1:], shorter[:, :3])


@pytest.mark.parametrize("name", STATE_NETWORKS)
def test_very_long_histories_have_finite_states(name):
    assert torch.isfinite(network(name).states(torch.arange(300).remainder(7)[None] + 1)).all()


@pytest.mark.parametrize("name", sorted(set(STATE_NETWORKS) - {"two_tower"}))
def test_the_order_of_the_items_counts(name):
    scores = network(name)(torch.tensor([[1, 2, 3], [1, 3, 2]]))
    assert not torch.allclose(scores[0], scores[1])


def test_features_of_users_move_the_state():
    chosen = network(features=(2, 3))
    assert chosen.arrays == ("items", "features")
    items = torch.tensor([[1, 2], [1, 2]])
    scores = chosen(items, torch.tensor([[1, 0], [2, 3]]))
    assert not torch.allclose(scores[0], scores[1])


def test_each_value_of_each_feature_has_a_vector_of_its_own():
    features = UserFeatures((2, 3), 4).eval()
    found = features(torch.tensor([[1, 0], [0, 1], [2, 3], [0, 0]]))
    weight = features.vectors.weight
    torch.testing.assert_close(found[0], weight[1])
    torch.testing.assert_close(found[1], weight[3])
    torch.testing.assert_close(found[2], weight[2] + weight[5])
    assert not found[3].any()


def test_some_features_are_taken_for_unknown_while_training():
    torch.manual_seed(0)
    features = UserFeatures((2,), 4).train()
    unknown = (features(torch.ones(400, 1, dtype=torch.int64)) == 0).all(1)
    assert 80 <= int(unknown.sum()) <= 160
