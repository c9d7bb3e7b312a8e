"""Windows of histories, and what they foretell."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_ai.core.errors import TrainingError
from lepton_ai.core.progress import Silent
from lepton_ai.networks.ranking.two_tower import TwoTower
from lepton_ai.training.ranking.histories import Histories
from lepton_ai.training.ranking.next_item import Windows, train
from lepton_ai.training.ranking.trainers import RankingLesson


def of(walks, features=None) -> Histories:
    starts = np.concatenate([[0], np.cumsum([len(walk) for walk in walks])]).astype(np.int64)
    return Histories(starts, np.array([item for walk in walks for item in walk], np.int32), features)


def foretold(walks, length):
    """Each (what was read, newest first, what came) that the windows teach."""
    windows, generator = Windows(of(walks), length), np.random.default_rng(0)
    found = []
    for batch in windows.batches(3, generator):
        items, came, _ = windows.take(batch, generator)
        for row in range(len(items)):
            for place in torch.nonzero(came[row]).flatten().tolist():
                read = [item for item in items[row, place:].tolist() if item]
                found.append((tuple(read), int(came[row, place])))
    return sorted(found)


def test_every_event_but_the_first_is_foretold_from_what_came_before_and_some_from_nothing():
    found = foretold([[1, 2, 3]], 5)
    assert [one for one in found if one[0]] == [((1,), 2), ((2, 1), 3)]
    strangers = [came for read, came in found if not read]
    assert strangers
    assert set(strangers) <= {1, 2, 3}


def test_long_histories_are_cut_into_windows_and_no_event_is_lost():
    found = [one for one in foretold([[1, 2, 3, 4, 5, 6]], 2) if one[0]]
    assert sorted(came for _, came in found) == [2, 3, 4, 5, 6]
    assert ((5, 4), 6) in found


def test_any_event_may_be_the_one_for_a_stranger():
    windows, generator = Windows(of([[1, 2, 3, 4]]), 9), np.random.default_rng(0)
    drawn = {int(windows.take(np.zeros(1, np.int64), generator)[1][0, -1]) for _ in range(60)}
    assert drawn == {1, 2, 3, 4}


@settings(deadline=None, max_examples=50)
@given(
    st.lists(st.lists(st.integers(1, 9), min_size=0, max_size=12), min_size=1, max_size=6),
    st.integers(1, 5),
)
def test_windows_teach_each_event_once_and_nothing_else(walks, length):
    if not any(walks):
        return
    found = [one for one in foretold(walks, length) if one[0]]
    assert sorted(came for _, came in found) == sorted(item for walk in walks for item in walk[1:])
    steps = {
        (tuple(walk[place - count : place][::-1]), walk[place])
        for walk in walks
        for place in range(len(walk))
        for count in range(min(place, length) + 1)
    }
    assert set(found) <= steps


def test_features_go_with_their_users():
    windows = Windows(of([[1, 2], [3]], np.array([[1], [2]])), 4)
    items, came, features = windows.take(np.arange(2), np.random.default_rng(0))
    assert features is not None
    assert {(int(came[row, 0]), int(features[row, 0])) for row in range(2)} == {(2, 1), (3, 2)}
    assert items.shape == came.shape


def test_a_loss_that_is_no_number_is_an_error():
    lesson = RankingLesson(
        histories=of([[1, 2, 3]] * 4), items=3, length=4, settings={"epochs": 1}, seed=0, progress=Silent()
    )
    network = TwoTower({"items": 4}, 3, width=4)
    with torch.no_grad():
        network.table.own.fill_(float("nan"))
    with pytest.raises(TrainingError, match="diverged in epoch 1"):
        train(network, lesson)
