"""The parts of the benchmark of recommendation about what is new; see `benchmarks.recommendation`."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.datasets import Films, movielens
from benchmarks.recommendation_peers import best
from benchmarks.recommendation_quality import (
    OURS,
    Columns,
    Figures,
    K,
    Split,
    fitted,
    in_order,
    names,
    opened,
    take,
)
from lepton_ai.metrics import hit_rate_at_k, ndcg_at_k

_NEW_ITEMS = 0.1
_NEW_USERS = 0.2
_DRAWS = 20
_FIRST = 5
_NEXT = 10


def new_items(contender: str, seed: int, small: bool) -> Figures:
    """A tenth of the films are unknown but for title, year and genres; who took which of them?

    `hr_all` and `ndcg_all`: among all films that a user has not rated. `hr_new` and `ndcg_new`: among the new
    ones only. Right are all the new films that a user rated.
    """
    data = movielens()
    cold, split, relevant = _without_some_items(data, small)
    if contender.startswith(OURS):
        model, seconds = fitted(split.train, recipe=contender.split()[1], seed=seed, items=data.items)
        ask = opened(model)
        users = list(relevant)
        everything = names(ask.recommend(users, {"k": K}))
        only_new = names(ask.recommend(users, {"k": K, "allow": cold}))
        return {"seconds": seconds} | _judged(everything, only_new, list(relevant.values()))
    draws = _DRAWS if contender == "random" else 1
    found = []
    for draw in range(draws):
        scores, items = _cold_scores(contender, data.items, split, cold, list(relevant), draw=draw)
        new = np.isin(items, cold)
        lists = [[items[place] for place in row] for row in best(scores, K).tolist()]
        among = [[items[place] for place in row] for row in best(np.where(new, scores, -np.inf), K).tolist()]
        found.append(_judged(lists, among, list(relevant.values())))
    return {name: float(np.mean([one[name] for one in found])) for name in found[0]}


def _without_some_items(data: Films, small: bool) -> tuple[list[str], Split, dict[str, list[str]]]:
    """The new items, the events without them, and which of them each user took."""
    events = in_order(data.events)
    if small:
        events = take(events, np.arange(3_000))
    items = sorted(set(events["item"]))
    drawn = np.random.default_rng(0).random(len(items)) < _NEW_ITEMS
    cold = [item for item, hidden in zip(items, drawn, strict=True) if hidden]
    hidden = np.isin(events["item"], cold)
    rest = Split(take(events, ~hidden), take(events, hidden))
    known, relevant = set(rest.users), dict[str, list[str]]()
    for user, item in zip(rest.test["user"], rest.test["item"], strict=True):
        if user in known:
            relevant.setdefault(user, []).append(item)
    return cold, rest, relevant


def _judged(everything: list[list[str]], new: list[list[str]], relevant: list[list[str]]) -> Figures:
    return {
        "hr_all": hit_rate_at_k(everything, relevant, k=K),
        "ndcg_all": ndcg_at_k(everything, relevant, k=K),
        "hr_new": hit_rate_at_k(new, relevant, k=K),
        "ndcg_new": ndcg_at_k(new, relevant, k=K),
    }


def _cold_scores(
    contender: str, sides: Path, split: Split, cold: Sequence[str], users: Sequence[str], *, draw: int
) -> tuple[NDArray[np.float64], NDArray[np.str_]]:
    """Scores [users, items], minus infinity for what a user has seen, and the names of the items."""
    items = np.array([*split.items, *cold])
    histories = split.histories.lists
    scores = np.random.default_rng(draw).random((len(users), len(items)))
    if contender != "random":
        genres = _genres(sides, items.tolist())
        counts = np.bincount(np.concatenate(histories), minlength=len(items)).astype(np.float64)
        warm = genres[: len(split.items)]
        usual = (counts[: len(split.items)] @ warm) / np.maximum(1, warm.sum(0))
        expected = np.where(np.arange(len(items)) < len(split.items), counts, _mean_over(genres, usual))
        scores = np.tile(expected, (len(users), 1)) + 1e-9 * scores
        if contender == "genre taste":
            overall = (counts @ genres) / counts.sum()
            taste = np.stack([genres[histories[split.place[user]]].mean(0) / overall for user in users])
            scores *= np.stack([_mean_over(genres, one) for one in taste])
    for row, user in enumerate(users):
        scores[row, histories[split.place[user]]] = -np.inf
    return scores, items


def _genres(path: Path, items: Sequence[str]) -> NDArray[np.float64]:
    """1 where an item has a genre, shape [items, genres]."""
    text = gzip.decompress(path.read_bytes()).decode("utf-8")
    rows = {row["item_id:token"]: row for row in csv.DictReader(io.StringIO(text), delimiter="\t", quoting=3)}
    each = [set((rows[item]["class:token_seq"] if item in rows else "").split()) for item in items]
    known = sorted(set().union(*each))
    return np.array([[genre in own for genre in known] for own in each], np.float64)


def _mean_over(genres: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The mean value of the genres of each item."""
    found: NDArray[np.float64] = genres @ values / np.maximum(1, genres.sum(1))
    return found


# -- new users ----------------------------------------------------------------------------------


def new_users(contender: str, seed: int, small: bool) -> Figures:
    """A fifth of the users are unknown; right are the 6th to 15th film of each.

    `nothing`: nothing is known. `features`: age, gender and occupation are sent. `history`: the first five
    films are sent, and not proposed. `both`: these and the features.
    """
    data = movielens()
    train, firsts, nexts = _without_some_users(data, small)
    users = list(firsts)
    if contender.startswith(OURS):
        model, seconds = fitted(train, recipe=contender.split()[1], seed=seed, users=data.users)
        ask, known = opened(model), _features(data.users)
        cells: dict[str, list[object]] = {
            "nothing": [None] * len(users),
            "features": [{"features": known[user]} for user in users],
            "history": [{"history": firsts[user]} for user in users],
            "both": [{"history": firsts[user], "features": known[user]} for user in users],
        }
        lists = {name: names(ask.recommend(who, {"k": K})) for name, who in cells.items()}
        figures: Figures = {"seconds": seconds}
    else:
        figures, lists = {}, _popular(train, firsts)
    for name, found in lists.items():
        figures[f"hr_{name}"] = hit_rate_at_k(found, list(nexts.values()), k=K)
        figures[f"ndcg_{name}"] = ndcg_at_k(found, list(nexts.values()), k=K)
    return figures


def _without_some_users(
    data: Films, small: bool
) -> tuple[Columns, dict[str, list[str]], dict[str, list[str]]]:
    """The events of the others, and for each new user the first items and those after them."""
    events = in_order(data.events)
    if small:
        events = take(events, np.arange(6_000))
    users = sorted(set(events["user"]))
    drawn = np.random.default_rng(0).random(len(users)) < _NEW_USERS
    hidden = {user for user, apart in zip(users, drawn, strict=True) if apart}
    apart = np.array([user in hidden for user in events["user"]])
    taken: dict[str, list[str]] = {}
    for user, item in zip(*(take(events, apart)[name] for name in ("user", "item")), strict=True):
        taken.setdefault(user, []).append(item)
    taken = {user: items for user, items in taken.items() if len(items) > _FIRST}
    firsts = {user: items[:_FIRST] for user, items in taken.items()}
    nexts = {user: items[_FIRST : _FIRST + _NEXT] for user, items in taken.items()}
    return take(events, ~apart), firsts, nexts


def _features(path: Path) -> dict[str, dict[str, str]]:
    """Age, gender and occupation of each user, as a client would send them."""
    text = gzip.decompress(path.read_bytes()).decode("utf-8")
    rows = csv.DictReader(io.StringIO(text), delimiter="\t")
    return {
        row["user_id:token"]: {name: row[f"{name}:token"] for name in ("age", "gender", "occupation")}
        for row in rows
    }


def _popular(train: Columns, firsts: Mapping[str, Sequence[str]]) -> dict[str, list[list[str]]]:
    """The most popular items, and those of them that are not among the first ones of a user."""
    items, counts = np.unique(train["item"], return_counts=True)
    ranked = items[np.argsort(-counts, kind="stable")].tolist()
    unseen = [[item for item in ranked[: K + _FIRST] if item not in seen][:K] for seen in firsts.values()]
    same = [ranked[:K]] * len(firsts)
    return {"nothing": same, "features": same, "history": unseen, "both": unseen}
