"""Losses against what they stand for."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from lepton_ai.networks.ranking.two_tower import TwoTower
from lepton_ai.training.ranking.losses import LOSSES, Sampler


@pytest.fixture
def network():
    torch.manual_seed(0)
    return TwoTower({"items": 6}, 5, width=4).eval()


def sampler(count=4):
    return Sampler(torch.full((5,), 0.2), count, torch.Generator().manual_seed(0))


STATES = torch.tensor([[1.0, 0.0, -1.0, 0.5], [0.3, 0.2, 0.1, -2.0]])
CAME = torch.tensor([2, 4])


def test_softmax_is_the_cross_entropy_of_the_scores(network):
    expected = functional.cross_entropy(network.compare(STATES), CAME)
    torch.testing.assert_close(LOSSES["softmax"](network, STATES, CAME, sampler()), expected)


def test_a_large_draw_comes_near_the_whole_softmax(network):
    whole = LOSSES["softmax"](network, STATES, CAME, sampler())
    drawn = LOSSES["sampled_softmax"](network, STATES, CAME, sampler(40_000))
    assert float(drawn.detach()) == pytest.approx(float(whole.detach()), abs=0.05)


@pytest.mark.parametrize("name", LOSSES)
def test_a_better_score_for_what_came_is_a_lower_loss(network, name):
    states, came = STATES[:1], CAME[:1]
    before = float(LOSSES[name](network, states, came, sampler()).detach())
    with torch.no_grad():
        network.table.bias[came] += 3.0
    assert float(LOSSES[name](network, states, came, sampler()).detach()) < before


@pytest.mark.parametrize("name", ["bpr", "bce"])
def test_a_draw_that_is_what_came_counts_nothing(network, name):
    only = Sampler(torch.tensor([0.0, 0.0, 1.0, 0.0, 0.0]), 4, torch.Generator().manual_seed(0))
    right = network.compare(STATES[:1])[0, 2]
    expected = functional.softplus(-right) if name == "bce" else torch.tensor(0.0)
    torch.testing.assert_close(LOSSES[name](network, STATES[:1], CAME[:1], only), expected)
