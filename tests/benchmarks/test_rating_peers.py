from __future__ import annotations

import numpy as np
import pytest
from benchmarks.rating_peers import RATING_PEERS, RatingPeer, tune_ratings


def ratings(users=30, items=12):
    """Ratings that are what a user adds and what an item adds; some pairs are missing."""
    pairs = [(user, item) for user in range(users) for item in range(items) if (user + item) % 5]
    return {
        "user": [f"u{user}" for user, _ in pairs],
        "item": [f"i{item}" for _, item in pairs],
        "rating": [float(1 + user % 3 + item % 3) for user, item in pairs],
    }


@pytest.mark.parametrize("name", RATING_PEERS)
def test_a_peer_learns_what_users_and_items_add(name):
    if name.startswith("Surprise"):
        pytest.importorskip("surprise")
    tuned = tune_ratings(RATING_PEERS[name], ratings())
    found = tuned.predict({"user": ["u0", "u2"], "item": ["i0", "i2"]})
    assert found[0] < 2.0
    assert found[1] > 4.0
    assert "validation RMSE" in tuned.chosen


@pytest.mark.parametrize("name", RATING_PEERS)
def test_ratings_stay_on_the_scale_and_strangers_get_one(name):
    if name.startswith("Surprise"):
        pytest.importorskip("surprise")
    peer = RATING_PEERS[name]
    found = peer.fit(ratings(), **peer.start)({"user": ["u0", "nobody"], "item": ["nothing", "i1"]})
    assert ((found >= 1) & (found <= 5)).all()


def test_settings_are_chosen_by_what_was_held_out():
    rows = []

    def fit(train, *, value):
        rows.append(len(train["user"]))
        return lambda table: np.full(len(table["user"]), value)

    tuned = tune_ratings(RatingPeer(fit, {"value": 1.0}, [[{"value": 3.0}, {"value": 5.0}]]), ratings())
    assert tuned.chosen.startswith("value=3.0,")
    assert rows[0] == rows[1] == rows[2] < rows[3] == len(ratings()["user"])
