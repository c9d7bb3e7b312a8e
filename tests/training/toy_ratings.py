"""Ratings that follow from what users like and items are, small enough for trainings of milliseconds."""

from __future__ import annotations

import numpy as np

from lepton_ai.core.plan import NetworkPlan
from lepton_ai.core.progress import Silent
from lepton_ai.core.rating_plan import EntityFeatures, RatingPlan, RatingRows
from lepton_ai.training.rating.sparse import SparseMatrix
from lepton_ai.training.rating.trainers import RatingLesson

USERS, ITEMS = 40, 30
TRAINING = {"epochs": 40, "burn_in": 15, "width": 3, "feature_rank": 10}


def truth():
    """What every user thinks of every item, shape [users, items]."""
    rng = np.random.default_rng(7)
    taste = rng.normal(size=(USERS, 2)) @ rng.normal(size=(2, ITEMS))
    return 3.0 + taste + rng.normal(scale=0.5, size=ITEMS)


def pairs(share=0.5, seed=0):
    """Positions of users and items of a random share of all pairs."""
    chosen = np.random.default_rng(seed).permutation(USERS * ITEMS)[: int(share * USERS * ITEMS)]
    return np.divmod(chosen, ITEMS)


def lesson(*, share=0.5, seed=0, scale=1.0, features=None, **training):
    users, items = pairs(share)
    return RatingLesson(
        users=users,
        items=items,
        ratings=truth()[users, items] * scale,
        user_features=SparseMatrix.empty(USERS),
        item_features=SparseMatrix.empty(ITEMS) if features is None else features,
        settings=TRAINING | training,
        seed=seed,
        progress=Silent(),
    )


def rows(*, share=0.5, features=True):
    users, items = pairs(share)
    kinds = [("comedy", "drama") if number % 3 else ("drama",) for number in range(ITEMS + 1)]
    known = EntityFeatures(
        ids=[f"i{number}" for number in range(ITEMS + 1)],
        categories={"kind": kinds},
        numbers={"year": np.arange(ITEMS + 1, dtype=np.float32)},
    )
    return RatingRows(
        users=[f"u{number}" for number in users],
        items=[f"i{number}" for number in items],
        ratings=truth()[users, items].astype(np.float32),
        item_features=known if features else None,
    )


def plan(**changes):
    network = NetworkPlan("factorisation", "gibbs", settings={"rank": 6}, training=TRAINING)
    return RatingPlan(**{"task": "recommendation", "networks": (network,), "rounds": 2, **changes})
