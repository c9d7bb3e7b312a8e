"""The parts of the benchmark of recommendation that judge quality; see `benchmarks.recommendation`."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.datasets import movielens
from benchmarks.interaction_generator import Events, Shop, generate
from benchmarks.recommendation_peers import PEERS, Histories, Peer, tune
from lepton_ai.metrics import hit_rate_at_k, mae, ndcg_at_k, rmse

if TYPE_CHECKING:
    from lepton_ai import DNNRecommender
    from lepton_ai.package import Recommender

Columns = dict[str, list[Any]]
"""A table of events by column."""

Figures = dict[str, Any]
"""What was measured of one contender."""

K = 10
OURS = "lepton"
_SAMPLED_USERS = 3_000
_SINGLE_CALLS = 300
_REPEATS = 3


@dataclass(frozen=True)
class Split:
    """Events to learn from and the last event of some users, which is to be foretold.

    Attributes:
        train: Events, oldest first.
        test: One event a user.
    """

    train: Columns
    test: Columns

    @cached_property
    def users(self) -> list[str]:
        """Those with events to learn from, in the order of their first one."""
        return list(dict.fromkeys(self.train["user"]))

    @cached_property
    def items(self) -> list[str]:
        """Those with events to learn from, in the order of their first one."""
        return list(dict.fromkeys(self.train["item"]))

    @cached_property
    def histories(self) -> Histories:
        """The events to learn from by position."""
        item = {name: place for place, name in enumerate(self.items)}
        lists: dict[str, list[int]] = {user: [] for user in self.users}
        for user, name in zip(self.train["user"], self.train["item"], strict=True):
            lists[user].append(item[name])
        return Histories(len(item), [np.array(one, np.int64) for one in lists.values()])

    @cached_property
    def place(self) -> dict[str, int]:
        """The position of each user."""
        return {name: position for position, name in enumerate(self.users)}


def in_order(events: Columns) -> Columns:
    """Events by time; those of one moment in the order they were in."""
    return take(events, np.argsort(np.array(events["timestamp"]), kind="stable"))


def take(events: Columns, rows: NDArray[Any]) -> Columns:
    """Some rows."""
    chosen = np.flatnonzero(rows) if rows.dtype == np.bool_ else rows
    return {name: [values[row] for row in chosen.tolist()] for name, values in events.items()}


def leave_last(events: Columns, *, most: int | None = None) -> Split:
    """The last event of each user apart, or of at most so many users, drawn at random."""
    events = in_order(events)
    rows: dict[str, list[int]] = {}
    for row, user in enumerate(events["user"]):
        rows.setdefault(user, []).append(row)
    last = np.array([found[-1] for found in rows.values() if len(found) > 2])
    if most is not None and len(last) > most:
        last = np.sort(np.random.default_rng(0).choice(last, most, replace=False))
    apart = np.zeros(len(events["user"]), np.bool_)
    apart[last] = True
    return Split(take(events, ~apart), take(events, apart))


# -- which items come next ----------------------------------------------------------------------


def films(contender: str, seed: int, small: bool) -> Figures:
    """The last film of each user, among all that the user has not rated."""
    data = movielens()
    events = data.events if not small else _few_users(data.events, 60)
    return _ranking(leave_last(events), contender, seed, items=data.items)


def shop(contender: str, seed: int, small: bool) -> Figures:
    """The last purchase of some users of a made-up shop."""
    return _ranking(leave_last(shop_events(small).table(), most=_SAMPLED_USERS), contender, seed)


def shop_events(small: bool) -> Events:
    """The events of the made-up shop."""
    return generate(Shop(users=400, items=600, events=4_000, clusters=12) if small else Shop())


def _few_users(events: Columns, count: int) -> Columns:
    kept = set(sorted(set(events["user"]))[:count])
    return take(events, np.array([user in kept for user in events["user"]]))


def _ranking(split: Split, contender: str, seed: int, *, items: Path | None = None) -> Figures:
    users = split.test["user"]
    make = _ours_ranking if contender.startswith(OURS) else _peer_ranking
    figures, recommend = make(split, contender, seed, items)
    relevant = [[item] for item in split.test["item"]]
    found = recommend(users)
    quality = {"hr": hit_rate_at_k(found, relevant, k=K), "ndcg": ndcg_at_k(found, relevant, k=K)}
    return quality | figures | _speed(recommend, users)


Recommend = Callable[[Sequence[str]], list[list[str]]]


def _peer_ranking(split: Split, contender: str, _seed: int, _items: Path | None) -> tuple[Figures, Recommend]:
    kind = _peer(contender)
    tuned = tune(kind, split.histories, start=kind.start, choices=kind.choices)

    def recommend(users: Sequence[str]) -> list[list[str]]:
        rows = tuned.peer.recommend(np.array([split.place[user] for user in users]), K)
        return [[split.items[place] for place in row if place >= 0] for row in rows.tolist()]

    told = {"seconds": tuned.seconds, "tuning_seconds": tuned.tuning_seconds, "about": tuned.chosen}
    return told, recommend


def _peer(contender: str) -> type[Peer]:
    if contender == "SASRec":
        from benchmarks.peer_sasrec import SasRec  # only this one needs torch

        return SasRec
    return PEERS[contender]


def _ours_ranking(split: Split, contender: str, seed: int, items: Path | None) -> tuple[Figures, Recommend]:
    recipe = contender.split()[1]
    model, seconds = fitted(split.train, recipe=recipe, seed=seed, items=items if "+" in contender else None)
    ask = opened(model)

    def recommend(users: Sequence[str]) -> list[list[str]]:
        return names(ask.recommend(users, {"k": K}))

    # The metric asks the model itself; what a service would answer has to be the same.
    lists, _ = model.ranked_items(split.test, k=K)
    if lists != recommend(list(dict.fromkeys(split.test["user"]))):
        raise AssertionError("ranked_items and recommend of one model disagree")
    return {"seconds": seconds, "about": told(model.report_)}, recommend


def told(report: Any) -> str:
    """The first figures of a report on held-out events."""
    figures = {name: found for name, found in report.summary().items() if isinstance(found, dict)}
    return "held out " + ", ".join(
        f"{name} {found['value']:.4f}" for name, found in list(figures.items())[:2]
    )


def fitted(
    events: Columns,
    *,
    recipe: str,
    seed: int,
    items: Path | None = None,
    users: Path | None = None,
    **more: Any,
) -> tuple[DNNRecommender, float]:
    """Our model, and the seconds of its training."""
    from lepton_ai import DNNRecommender

    begin = time.perf_counter()
    model = DNNRecommender(
        recipe=recipe,
        seed=seed,
        items=_text(items),
        users=_text(users),
        **more,  # type: ignore[arg-type]
    ).fit(events)
    return model, time.perf_counter() - begin


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)


def opened(model: DNNRecommender) -> Recommender:
    """The package of a model, opened as a service does it."""
    from lepton_ai.package import Recommender, Runtime

    return Recommender(Runtime(model.package_))


def names(answers: Sequence[Mapping[str, Any]]) -> list[list[str]]:
    """The ids of answers."""
    return [[item["item"] for item in answer["items"]] for answer in answers]


def _speed(recommend: Recommend, users: Sequence[str]) -> Figures:
    """Microseconds a user, of all at once and of one a call."""
    batch, single = [], []
    for _ in range(_REPEATS):
        begin = time.perf_counter()
        recommend(users)
        batch.append(time.perf_counter() - begin)
    for user in users[:_SINGLE_CALLS]:
        begin = time.perf_counter()
        recommend([user])
        single.append(time.perf_counter() - begin)
    return {"batch_us": min(batch) / len(users) * 1e6, "single_us": float(np.median(single)) * 1e6}


# -- how items are rated ------------------------------------------------------------------------

_TEST_ROWS = 20_000


def ratings(contender: str, seed: int, small: bool) -> Figures:
    """The published split u1: the first 20,000 rows of the file are foretold from the other 80,000."""
    data = movielens()
    rows = np.arange(len(data.events["user"]))
    train, test = take(data.events, rows >= _TEST_ROWS), take(data.events, rows < _TEST_ROWS)
    if small:
        train, test = take(train, np.arange(3_000)), take(test, np.arange(500))
    if contender.startswith(OURS):
        sides = {"items": data.items, "users": data.users} if "+" in contender else {}
        model, seconds = fitted(train, recipe=contender.split()[1], seed=seed, target="rating", **sides)
        begin = time.perf_counter()
        true, found = model.predicted_ratings(test)
        asked = time.perf_counter() - begin
        figures: Figures = {"seconds": seconds, "about": told(model.report_)}
    else:
        from benchmarks.rating_peers import RATING_PEERS, tune_ratings

        tuned = tune_ratings(RATING_PEERS[contender], train)
        true, begin = np.array(test["rating"]), time.perf_counter()
        found = tuned.predict(test)
        asked = time.perf_counter() - begin
        figures = {"seconds": tuned.seconds, "tuning_seconds": tuned.tuning_seconds, "about": tuned.chosen}
    quality = {"rmse": rmse(true, found), "mae": mae(true, found)}
    return quality | figures | {"batch_us": asked / len(true) * 1e6}
