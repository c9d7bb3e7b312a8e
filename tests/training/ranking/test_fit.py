"""The door for recommenders: what is held out, what is blended, and what the graph answers."""

from __future__ import annotations

import numpy as np
import onnxruntime
import pytest
import safetensors.numpy

from lepton_ai.core.errors import DataError
from lepton_ai.core.plan import NetworkPlan
from lepton_ai.core.progress import Silent
from lepton_ai.core.ranking_plan import RankingPlan, RankingRows
from lepton_ai.training.ranking import fit as room
from lepton_ai.training.ranking.fit import fit_ranking

ITEMS, USERS, STEPS = 10, 30, 4
FEW = {"epochs": 8, "batch": 8, "learning_rate": 1e-2}
LINEAR = NetworkPlan("item_linear", "transitions", training={"penalty": 1.0})
TOWER = NetworkPlan("two_tower", "next_item", settings={"width": 8}, training=FEW)


class Told(Silent):
    def __init__(self):
        self.stages = []

    def stage(self, name, steps=None):
        self.stages.append((name, steps))


def rows(walks=None, **more):
    walks = walks or [[(user + step) % ITEMS + 1 for step in range(STEPS)] for user in range(USERS)]
    return RankingRows(
        items=[f"i{number}" for number in range(1, ITEMS + 1)],
        users=[f"u{number}" for number in range(len(walks))],
        starts=np.concatenate([[0], np.cumsum([len(walk) for walk in walks])]).astype(np.int64),
        events=np.array([item for walk in walks for item in walk], np.int32),
        **more,
    )


def plan(*networks, **more):
    return RankingPlan(**{"task": "recommendation", "networks": networks or (LINEAR,), **more})


def described():
    return rows(
        item_words=[["even" if number % 2 else "odd", "all"] for number in range(ITEMS)],
        user_features={"half": ("a", "b")},
        user_values=np.array([[user % 2 + 1] for user in range(USERS)], np.int32),
    )


@pytest.fixture(scope="module")
def both():
    """Two networks, with words and features."""
    progress = Told()
    return fit_ranking(plan(LINEAR, TOWER), described(), progress=progress), progress


def test_the_last_events_are_held_out(both):
    trained, _ = both
    assert trained.held_out_users.tolist() == list(range(USERS))
    assert trained.held_out_items.tolist() == [(user + STEPS - 1) % ITEMS + 1 for user in range(USERS)]
    assert trained.held_out_scores.shape == (USERS, ITEMS)
    came = trained.held_out_items - 1
    assert (trained.held_out_scores.argmax(1) == came).mean() > 0.9


def test_what_was_seen_is_not_foretold(both):
    trained, _ = both
    for user in range(USERS):
        seen = [(user + step) % ITEMS for step in range(STEPS - 1)]
        others = np.delete(trained.held_out_scores[user], seen)
        assert trained.held_out_scores[user, seen].max() <= others.min() + 1e-6


def test_the_final_model_knows_the_last_events_too(both):
    trained, progress = both
    assert len(trained.input.events) == USERS * STEPS
    assert [name for name, _ in progress.stages][:2] == [
        "Training with the last events held out",
        "Training on all events",
    ]
    assert progress.stages[0][1] == FEW["epochs"] + 1


def test_the_graph_answers_like_the_networks(both):
    trained, _ = both
    assert trained.difference <= trained.tolerance
    cells = ["u3", None, ["i4", "i5"], {"features": {"half": "a"}}]
    session = onnxruntime.InferenceSession(trained.graph, providers=["CPUExecutionProvider"])
    arrays = trained.input.encode(cells)
    read = ("items", "seen", "features")
    assert {one.name for one in session.get_inputs()} == {f"user.{name}" for name in read}
    found = session.run(list(trained.outputs), {f"user.{name}": arrays[name] for name in read})
    for name, one in zip(trained.outputs, found, strict=True):
        np.testing.assert_allclose(one, trained.raw(cells)[name], atol=trained.tolerance)
    np.testing.assert_array_equal(found[1], arrays["seen"])


def test_weights_vectors_and_times_are_told(both):
    trained, _ = both
    assert set(trained.weights) == {"0_item_linear.safetensors", "1_two_tower.safetensors"}
    for content in trained.weights.values():
        assert all(np.isfinite(array).all() for array in safetensors.numpy.load(content).values())
    assert len(trained.blend) == 2
    assert trained.vectors.shape[0] == ITEMS
    np.testing.assert_allclose(np.linalg.norm(trained.vectors, axis=1), 1, atol=1e-5)
    assert set(trained.seconds) == {"held-out round", "blend", "final", "export"}
    assert trained.search is None


def held_out(given, **more):
    """Without training."""
    histories = room.Histories(given.starts, given.events)
    return room._held_out(histories, given, plan(**more))


def test_users_with_few_events_are_not_asked_for_one():
    given = rows([[1, 2, 3], [4], [5, 6], [], [7, 8, 9, 10]])
    training, users, came = held_out(given)
    assert users.tolist() == [0, 4]
    assert came.tolist() == [3, 10]
    assert training.lengths.tolist() == [2, 1, 2, 0, 3]


def test_somebody_has_to_have_three_events():
    with pytest.raises(DataError, match="No user has 3 events"):
        fit_ranking(plan(), rows([[1, 2], [3]]), progress=Silent())


def test_given_events_are_foretold_from_whole_histories():
    training, users, came = held_out(rows(held_out={5: 7, 2: 3}))
    assert (users.tolist(), came.tolist()) == ([2, 5], [3, 7])
    assert training.lengths.sum() == USERS * STEPS


def test_of_very_many_users_some_are_judged():
    given = rows([[1, 2, 3]] * 300)
    _, users, came = held_out(given, held_out_cells=1_200)
    assert len(users) == len(came) == 120
    assert sorted(set(users.tolist())) == users.tolist()
    np.testing.assert_array_equal(held_out(given, held_out_cells=1_200)[1], users)
    assert held_out(given, held_out_cells=1_200, seed=1)[1].tolist() != users.tolist()


def test_large_catalogues_are_searched_by_a_query(monkeypatch):
    monkeypatch.setattr(room, "LARGE", ITEMS - 1)
    trained = fit_ranking(plan(TOWER), rows(held_out={1: 5}), progress=Silent())
    assert trained.outputs == ("query", "seen")
    raw = trained.raw(["u3", None])
    assert raw["query"].shape == (2, trained.search.shape[1])
    assert trained.search.shape[0] == ITEMS
    following = (raw["query"] @ trained.search.T)[0]
    assert following.argmax() in {(3 + step) % ITEMS for step in range(STEPS + 2)}
    with pytest.raises(DataError, match="networks that give users a vector"):
        fit_ranking(plan(LINEAR), rows(held_out={1: 5}), progress=Silent())


def test_strangers_are_served_what_is_popular():
    walks = [[1, 2, 3, 4], [1, 2, 4, 3], [2, 1, 5, 6], [1, 7, 2, 8], [9, 10, 1, 2]] * 4
    scores = fit_ranking(plan(LINEAR, TOWER), rows(walks), progress=Silent()).raw([None, ["i3"]])["scores"]
    assert set(scores[0].argsort()[-2:].tolist()) == {0, 1}
    assert not np.allclose(scores[0], scores[1])
