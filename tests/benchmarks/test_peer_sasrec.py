from __future__ import annotations

import numpy as np
import pytest
import torch
from benchmarks.peer_sasrec import SasNetwork, SasRec, padded, windows
from benchmarks.recommendation_peers import Histories


@pytest.fixture(autouse=True)
def _same_random_state():
    with torch.random.fork_rng():
        yield


@pytest.mark.e2e
def test_it_learns_what_comes_next():
    ring = Histories(10, [np.arange(user, user + 6) % 10 for user in range(80)])
    peer = SasRec(ring, dropout=0.1, length=8, rate=5e-3, epochs=40)
    found = peer.recommend(np.arange(10), 1)[:, 0]
    assert found.tolist() == [(user + 6) % 10 for user in range(10)]


def test_the_same_events_give_the_same_model():
    ring = Histories(10, [np.arange(user, user + 6) % 10 for user in range(20)])
    first, second = (SasRec(ring, dropout=0.2, length=4, rate=1e-3, epochs=2) for _ in range(2))
    users = np.arange(20)
    np.testing.assert_array_equal(first.scores(users), second.scores(users))


def test_a_state_knows_nothing_of_later_items_and_nothing_of_padding():
    torch.manual_seed(0)
    network = SasNetwork(9, length=6, dropout=0.0).eval()
    with torch.inference_mode():
        states = network(torch.tensor([[1, 2, 3, 4]]))
        changed = network(torch.tensor([[1, 2, 3, 9]]))
        behind = network(torch.tensor([[0, 0, 1, 2, 3, 4]]))
    torch.testing.assert_close(states[:, :3], changed[:, :3])
    torch.testing.assert_close(states[:, -1], behind[:, -1])


def test_somebody_without_a_history_has_scores_too():
    peer = SasRec(
        Histories(4, [np.array([0, 1, 2]), np.array([], np.int64)]), dropout=0, length=3, rate=1e-3, epochs=1
    )
    assert np.isfinite(peer.scores(np.array([0, 1]))).all()


@pytest.mark.parametrize("length", [1, 2, 3, 10])
def test_each_event_but_the_first_is_foretold_in_one_window(length):
    lists = [np.arange(7), np.array([5]), np.array([2, 4])]
    pieces = windows(lists, length)
    assert all(2 <= len(piece) <= length + 1 for piece in pieces)
    foretold = sorted(item - 1 for piece in pieces for item in piece[1:].tolist())
    assert foretold == sorted([1, 2, 3, 4, 5, 6, 4])


def test_padding_is_in_front():
    assert padded([np.array([1]), np.array([2, 3])]).tolist() == [[0, 1], [2, 3]]
    assert padded([np.array([], np.int64)]).tolist() == [[0]]
