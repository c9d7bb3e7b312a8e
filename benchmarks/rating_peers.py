"""What foretelling ratings is compared with, each tuned on a tenth of the training ratings.

Biases are written out here; factors and neighbours are those of `scikit-surprise`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lepton_ai.metrics import rmse

Columns = Mapping[str, Sequence[Any]]
Predict = Callable[[Columns], NDArray[np.float64]]

_HELD_OUT = 0.1


@dataclass(frozen=True)
class RatingPeer:
    """A way to foretell ratings.

    Attributes:
        fit: Rating rows and settings to a function that foretells.
        start: Where the search for settings begins.
        choices: Of each group every change is tried, the other settings at the best so far.
    """

    fit: Callable[..., Predict]
    start: Mapping[str, Any]
    choices: Sequence[Sequence[Mapping[str, Any]]]


@dataclass(frozen=True)
class TunedRatings:
    """A peer trained on all ratings with the settings that were best on those held out.

    Attributes:
        predict: Foretells the ratings of rows.
        chosen: The settings, and what they reached, in words.
        seconds: Of the training with these settings alone.
        tuning_seconds: Of all the others.
    """

    predict: Predict
    chosen: str
    seconds: float
    tuning_seconds: float


def tune_ratings(peer: RatingPeer, train: Columns) -> TunedRatings:
    """Search along one group of settings after the other by RMSE."""
    begin = time.perf_counter()
    apart = np.random.default_rng(1).random(len(train["user"])) < _HELD_OUT
    fitting, held_out = _rows(train, ~apart), _rows(train, apart)
    true = np.array(held_out["rating"], np.float64)
    settings, reached = dict(peer.start), np.inf
    for group in ([{}], *peer.choices):
        base = dict(settings)
        for change in group:
            found = rmse(true, peer.fit(fitting, **base | change)(held_out))
            if found < reached:
                settings, reached = base | change, found
    tuned = time.perf_counter()
    predict = peer.fit(train, **settings)
    chosen = " ".join(f"{name}={value}" for name, value in settings.items())
    now = time.perf_counter()
    return TunedRatings(predict, f"{chosen}, validation RMSE {reached:.4f}", now - tuned, tuned - begin)


def _rows(table: Columns, mask: NDArray[np.bool_]) -> Columns:
    return {
        name: [value for value, kept in zip(values, mask, strict=True) if kept]
        for name, values in table.items()
    }


def _biases(train: Columns, *, users: float, items: float, rounds: int = 20) -> Predict:
    """The mean, plus what a user and an item add to it, each shrunken towards nothing."""
    ratings = np.array(train["rating"], np.float64)
    known = [{name: place for place, name in enumerate(dict.fromkeys(train[side]))} for side in _SIDES]
    place = [np.array([known[n][name] for name in train[side]]) for n, side in enumerate(_SIDES)]
    mean, low, high = ratings.mean(), ratings.min(), ratings.max()
    added = [np.zeros(len(names)) for names in known]
    for _ in range(rounds):
        for one, other, shrinkage in ((1, 0, items), (0, 1, users)):
            left = np.bincount(place[one], ratings - mean - added[other][place[other]])
            added[one] = left / (np.bincount(place[one]) + shrinkage)

    def predict(rows: Columns) -> NDArray[np.float64]:
        parts = [
            [added[n][known[n][name]] if name in known[n] else 0.0 for name in rows[side]]
            for n, side in enumerate(_SIDES)
        ]
        found: NDArray[np.float64] = np.clip(mean + np.array(parts[0]) + np.array(parts[1]), low, high)
        return found

    return predict


_SIDES = ("user", "item")


def _surprise(make: Callable[..., Any]) -> Callable[..., Predict]:
    """A model of `scikit-surprise` as a peer."""

    def fit(train: Columns, **settings: Any) -> Predict:
        from surprise import Dataset, Reader

        ratings = np.array(train["rating"])
        reader = Reader(rating_scale=(ratings.min(), ratings.max()))
        raw = zip(train["user"], train["item"], train["rating"], [None] * len(ratings), strict=True)
        data = Dataset(reader)
        data.raw_ratings = list(raw)
        model = make(**settings).fit(data.construct_trainset(data.raw_ratings))

        def predict(rows: Columns) -> NDArray[np.float64]:
            pairs = zip(rows["user"], rows["item"], strict=True)
            return np.array([model.predict(user, item).est for user, item in pairs])

        return predict

    return fit


def _svd(**settings: Any) -> Any:
    from surprise import SVD

    return SVD(**settings, random_state=0)


def _neighbours(*, k: int, similarity: str, shrinkage: int) -> Any:
    from surprise import KNNBaseline

    likeness = {"name": similarity, "user_based": False, "shrinkage": shrinkage}
    return KNNBaseline(k=k, sim_options=likeness, verbose=False)


RATING_PEERS: dict[str, RatingPeer] = {
    "bias": RatingPeer(
        _biases,
        {"users": 5.0, "items": 5.0},
        [
            [{"users": value} for value in (1.0, 3.0, 10.0, 20.0)],
            [{"items": value} for value in (1.0, 3.0, 10.0, 20.0)],
        ],
    ),
    "Surprise SVD": RatingPeer(
        _surprise(_svd),
        {"n_factors": 100, "n_epochs": 40, "lr_all": 0.01, "reg_all": 0.1},
        [
            [{"reg_all": 0.05}, {"reg_all": 0.15}],
            [{"n_epochs": 80}, {"n_epochs": 25}],
            [{"n_factors": 50}, {"n_factors": 200}],
            [{"lr_all": 0.005}],
        ],
    ),
    "Surprise KNNBaseline": RatingPeer(
        _surprise(_neighbours),
        {"k": 40, "similarity": "pearson_baseline", "shrinkage": 100},
        [[{"k": 20}, {"k": 80}], [{"shrinkage": 50}, {"shrinkage": 300}]],
    ),
}
