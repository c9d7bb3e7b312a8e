"""Histories cut, turned and gathered."""

from __future__ import annotations

import numpy as np

from lepton_ai.training.ranking.histories import Histories

THREE = Histories(np.array([0, 3, 3, 5], np.int64), np.array([1, 2, 3, 4, 5], np.int32))


def test_newest_first_with_padding_behind():
    assert THREE.newest_first(np.array([0, 1, 2]), 2).tolist() == [[3, 2], [0, 0], [5, 4]]


def test_an_empty_history_has_one_position_of_padding():
    assert THREE.newest_first(np.array([1]), 4).tolist() == [[0]]
    nothing = Histories(np.array([0, 0], np.int64), np.array([], np.int32))
    assert nothing.newest_first(np.array([0]), 4).tolist() == [[0]]


def test_the_last_events_of_some_users_are_taken_away():
    shorter = THREE.without_last(np.array([0]))
    assert shorter.starts.tolist() == [0, 2, 2, 4]
    assert shorter.events.tolist() == [1, 2, 4, 5]
    assert THREE.lengths.tolist() == [3, 0, 2]


def test_owners():
    assert THREE.owners.tolist() == [0, 0, 0, 2, 2]


def test_counts_are_one_for_each_item_of_the_catalogue():
    assert THREE.counts(6).tolist() == [1, 1, 1, 1, 1, 0]
    assert THREE.without_last(np.array([0])).counts(5).tolist() == [1, 1, 0, 1, 1]
