"""Followers of items, counted and kept."""

from __future__ import annotations

import numpy as np
import torch

from lepton_ai.core.progress import Silent
from lepton_ai.networks.ranking import item_linear
from lepton_ai.networks.ranking.item_linear import ItemLinear
from lepton_ai.training.ranking.histories import Histories
from lepton_ai.training.ranking.neighbours import train
from lepton_ai.training.ranking.trainers import RankingLesson


def trained(walks, items, *, half_life=1e9, **settings):
    starts = np.concatenate([[0], np.cumsum([len(walk) for walk in walks])]).astype(np.int64)
    events = np.array([item for walk in walks for item in walk], np.int32)
    network = ItemLinear({"items": items + 1}, items, half_life=half_life)
    train(
        network,
        RankingLesson(
            histories=Histories(starts, events),
            items=items,
            length=5,
            settings=settings,
            seed=0,
            progress=Silent(),
        ),
    )
    return network


def test_followers_count_more_than_those_before():
    weights = trained([[1, 2]] * 9, 2, power=0.0, shrinkage=0.0, behind=0.25).weights
    torch.testing.assert_close(weights[1], torch.tensor([0.0, 1.0]))
    torch.testing.assert_close(weights[2], torch.tensor([0.25, 0.0]))


def test_pairs_of_different_users_and_beyond_the_window_do_not_count():
    weights = trained([[1, 2, 3, 4], [5]], 5, window=2, power=0.0, shrinkage=0.0).weights
    assert weights[1, 3] == 0
    assert weights[1, 2] == 1
    assert not weights[5].any()
    assert not weights[4, 4].any()


def test_the_strongest_followers_are_kept_where_room_is_short(monkeypatch):
    monkeypatch.setattr(item_linear, "DENSE", 1)
    monkeypatch.setattr(item_linear, "NEIGHBOURS", 2)
    network = trained([[1, 2]] * 5 + [[1, 3]] * 3 + [[1, 4]] * 9, 4, power=0.0)
    assert set(network.others[1].tolist()) == {3, 1}
    scores = network(torch.tensor([[1, 0]]))[0]
    assert scores.argmax() == 3
    assert scores[2] == 0
