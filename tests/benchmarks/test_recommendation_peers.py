from __future__ import annotations

import numpy as np
import pytest
from benchmarks.recommendation_peers import PEERS, Ease, Histories, ItemNeighbours, Peer, best, tune


def chains(users=60, items=12, length=6):
    """Users who go round a ring of items, each from a place of their own."""
    return Histories(items, [np.arange(user, user + length) % items for user in range(users)])


@pytest.mark.parametrize("name", PEERS)
def test_a_peer_recommends_k_unseen_items(name):
    if name.startswith("implicit"):
        pytest.importorskip("implicit")
    histories = chains()
    kind = PEERS[name]
    found = kind(histories, **kind.start).recommend(np.arange(5), 3)
    assert found.shape == (5, 3)
    for user, row in enumerate(found.tolist()):
        assert len(set(row)) == 3
        assert not set(row) & set(histories.lists[user].tolist())


@pytest.mark.parametrize("name", ["item-kNN", "item-kNN latest", "EASE"])
def test_neighbours_and_ease_find_what_lies_beside_a_history(name):
    kind = PEERS[name]
    found = kind(chains(), **kind.start).recommend(np.arange(12), 2)
    for user, row in enumerate(found.tolist()):
        assert set(row) == {(user - 1) % 12, (user + 6) % 12}


def test_neighbours_are_cosines_of_the_nearest_only():
    histories = Histories(4, [np.array(items) for items in ([0, 1], [0, 1], [0, 2], [3])])
    near = ItemNeighbours(histories, neighbours=1, shrinkage=0.0, latest=0).near.toarray()
    assert near[0].tolist() == [0.0, pytest.approx(2 / np.sqrt(3 * 2)), 0.0, 0.0]
    assert near[2, 0] == pytest.approx(1 / np.sqrt(3))
    assert not near[3].any()


def test_ease_is_the_closed_form():
    histories = chains(users=9, items=6, length=3)
    peer = Ease(histories, penalty=2.0)
    dense = histories.matrix.toarray().astype(np.float64)
    for item in range(6):  # each column is a ridge regression on all other items
        others = np.delete(np.arange(6), item)
        gram = dense[:, others].T @ dense[:, others] + 2.0 * np.eye(5)
        expected = np.linalg.solve(gram, dense[:, others].T @ dense[:, item])
        np.testing.assert_allclose(peer.weights[others, item], expected, atol=1e-5)
        assert peer.weights[item, item] == 0.0


def test_an_item_that_is_taken_twice_counts_once():
    assert Histories(3, [np.array([1, 1, 2])]).matrix.toarray().tolist() == [[0.0, 1.0, 1.0]]


def test_the_last_event_is_held_out_of_those_who_have_three():
    histories = Histories(4, [np.array(items) for items in ([0, 1, 2], [3, 1], [2, 3, 0, 1])])
    rest, users, came = histories.without_last()
    assert [one.tolist() for one in rest.lists] == [[0, 1], [3, 1], [2, 3, 0]]
    assert users.tolist() == [0, 2]
    assert came.tolist() == [2, 1]


def test_the_best_come_in_order_and_ties_by_position():
    assert best(np.array([[1.0, 3.0, 3.0, 2.0]]), 3).tolist() == [[1, 2, 3]]
    assert best(np.array([[1.0, 3.0]]), 5).tolist() == [[1, 0]]


class Fixed(Peer):
    """Puts the right items first when `good` is what it wants."""

    asked: list[dict[str, int]]

    def fit(self, **settings):
        Fixed.asked.append(settings)
        self.good = settings["good"] + (settings["other"] == 2)

    def scores(self, users):
        scores = np.zeros((len(users), self.histories.items), np.float32)
        for row, user in enumerate(users.tolist()):
            wanted = (self.histories.lists[user][-1] + 1) % self.histories.items
            scores[row, wanted] = self.good
            scores[row, (wanted + 1) % self.histories.items] = 1.5
        return scores


def test_settings_are_searched_one_group_after_the_other_and_all_events_are_used_in_the_end():
    Fixed.asked = []
    tuned = tune(
        Fixed,
        chains(),
        start={"good": 1, "other": 0},
        choices=[[{"good": 2}, {"good": 0}], [{"other": 1}]],
    )
    assert Fixed.asked == [
        {"good": 1, "other": 0},
        {"good": 2, "other": 0},
        {"good": 0, "other": 0},
        {"good": 2, "other": 1},
        {"good": 2, "other": 0},
    ]
    assert [len(one) for one in tuned.peer.histories.lists] == [6] * 60
    assert "good=2 other=0" in tuned.chosen
    assert "1.0000" in tuned.chosen
    assert tuned.seconds < tuned.tuning_seconds


def test_without_choices_nothing_is_searched():
    tuned = tune(PEERS["popularity"], chains(), start={}, choices=())
    assert tuned.chosen == "nothing to choose"
