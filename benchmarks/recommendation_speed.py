"""The parts of the benchmark of recommendation about speed; see `benchmarks.recommendation`."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.interaction_generator import Events
from benchmarks.recommendation_peers import Als
from benchmarks.recommendation_quality import (
    OURS,
    Columns,
    Figures,
    K,
    Split,
    fitted,
    in_order,
    opened,
    shop_events,
)

_REQUESTS = 3_000
_WARM_UP = 100
_WIDTH = 64
_CATALOGUE = 25_000
_FACTORS = {"factors": _WIDTH, "regularization": 0.1, "alpha": 5.0, "iterations": 3}


def serving(contender: str, seed: int, small: bool) -> Figures:
    """One request a call, k = 10, what was seen left out: by the user's id, and with the history sent.

    Where a catalogue of 25,000 items and 64 dimensions is asked. Every contender but "top-k alone" answers
    with ids; ours with scores and reasons too, from the package as a service opens it.
    """
    table = in_order(_every_item(shop_events(small), 600 if small else _CATALOGUE))
    split = Split(table, {})
    users = np.random.default_rng(0).choice(len(split.users), 200 if small else _REQUESTS).tolist()
    if contender.startswith(OURS):
        return _ours(contender.split()[1], seed, split, users)
    if contender == "implicit ALS":
        return _als(split, users)
    return _timed("", _top_k_alone(split), users)


def _every_item(events: Events, items: int) -> Columns:
    """The table of the events, and one event for each item that nobody took, so that all are known."""
    table = events.table()
    never = np.setdiff1d(np.arange(items), events.item).tolist()
    table["user"] += [table["user"][row] for row in range(len(never))]
    table["item"] += [f"i{number}" for number in never]
    table["timestamp"] += [table["timestamp"][0]] * len(never)
    return table


def _ours(network: str, seed: int, split: Split, users: Sequence[int]) -> Figures:
    model, seconds = fitted(split.train, recipe="fast", seed=seed, networks=[network])
    ask, options = opened(model), {"k": K, "exclude_seen": True}
    lists = [[split.items[place] for place in one] for one in split.histories.lists]
    by_user = _timed("", lambda user: ask.recommend([split.users[user]], options), users)
    by_history = _timed("history_", lambda user: ask.recommend([{"history": lists[user]}], options), users)
    return by_user | by_history | {"seconds": seconds, "about": f"{len(split.items):,} items"}


def _als(split: Split, users: Sequence[int]) -> Figures:
    peer = Als(split.histories, **_FACTORS)
    matrix, items = split.histories.matrix, np.array(split.items)

    def ask(user: int, *, anew: bool) -> list[str]:
        found, _ = peer.model.recommend(
            user, matrix[user], N=K, filter_already_liked_items=True, recalculate_user=anew
        )
        named: list[str] = items[found].tolist()
        return named

    by_user = _timed("", lambda user: ask(user, anew=False), users)
    return by_user | _timed("history_", lambda user: ask(user, anew=True), users)


def _top_k_alone(split: Split) -> Callable[[int], object]:
    from lepton_ai.codecs.ranking.top_k import top_k

    random = np.random.default_rng(0)
    vectors = _unit(random, split.histories.items)
    queries, lists = _unit(random, len(split.users)), split.histories.lists

    def ask(user: int) -> object:
        scores = vectors @ queries[user]
        scores[lists[user]] = -np.inf
        return top_k(scores, K)

    return ask


def _timed(prefix: str, call: Callable[[int], object], users: Sequence[int]) -> Figures:
    """Requests a second, the middle and 99th percentile of a request, and its mean time on the processor.

    All in milliseconds. The last does not count what other processes take away.
    """
    for user in users[:_WARM_UP]:
        call(user)
    times, spent = np.empty(len(users)), time.process_time()
    for place, user in enumerate(users):
        begin = time.perf_counter()
        call(user)
        times[place] = time.perf_counter() - begin
    spent = time.process_time() - spent
    return {
        f"{prefix}per_s": len(times) / times.sum(),
        f"{prefix}cpu_ms": spent / len(times) * 1e3,
        f"{prefix}p50_ms": float(np.quantile(times, 0.5)) * 1e3,
        f"{prefix}p99_ms": float(np.quantile(times, 0.99)) * 1e3,
    }


def _unit(random: np.random.Generator, rows: int) -> NDArray[np.float32]:
    """Random vectors of length 1."""
    vectors = random.standard_normal((rows, _WIDTH), dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


# -- the index ----------------------------------------------------------------------------------

_ITEMS = 1_000_000
_QUERIES = 500


def index(contender: str, seed: int, small: bool) -> Figures:
    """The 10 best of a million random vectors of 64 numbers: the hardest case, as nothing lies in clusters.

    Ours is asked as a package is, from the query of a graph to an answer with scores and reasons.
    """
    random = np.random.default_rng(seed)
    vectors = _unit(random, 20_000 if small else _ITEMS)
    queries = _unit(random, 20 if small else _QUERIES)
    before = _resident_mib()
    begin = time.perf_counter()
    make = {"lepton index": _indexed, "lepton exact": _exact, "faiss exact": _faiss_exact}[contender]
    search, megabytes = make(vectors)
    seconds, memory = time.perf_counter() - begin, _resident_mib() - before
    found: list[list[int]] = []
    speed = _timed("", lambda row: found.append(search(queries[row])), list(range(len(queries))))
    answers = found[-len(queries) :]
    return {
        "recall": _recall(answers, vectors, queries),
        "mean_ms": 1e3 / speed["per_s"],
        **speed,
        "seconds": seconds,
        "added_mib": memory,
        "megabytes": megabytes,
    }


Search = Callable[[NDArray[np.float32]], list[int]]


def _indexed(vectors: NDArray[np.float32]) -> tuple[Search, float]:
    from lepton_ai.codecs.ranking.index import NearestIndex

    built = NearestIndex.build(vectors)
    return _package_search(vectors, built), sum(array.nbytes for array in built.arrays().values()) / 1e6


def _exact(vectors: NDArray[np.float32]) -> tuple[Search, float]:
    return _package_search(vectors, None), 0.0


def _package_search(vectors: NDArray[np.float32], built: Any) -> Search:
    from lepton_ai.codecs.ranking import IdIndex, TopItemsCodec
    from lepton_ai.core.calibration import Calibration

    nothing = np.zeros(len(vectors), np.float32)
    codec = TopItemsCodec(
        IdIndex([str(number) for number in range(len(vectors))]),
        vectors=vectors,
        popularity=nothing,
        newest=nothing,
        search=vectors,
        index=built,
    )
    calibration, seen, columns = Calibration(), np.zeros((1, 1), np.int64), {"options": [{"k": K}]}

    def search(query: NDArray[np.float32]) -> list[int]:
        answer = codec.decode({"query": query[np.newaxis], "seen": seen}, calibration, columns)[0]
        return [int(item["item"]) for item in answer["items"]]

    return search


def _faiss_exact(vectors: NDArray[np.float32]) -> tuple[Search, float]:
    import faiss  # type: ignore[import-untyped]

    flat = faiss.IndexFlatIP(_WIDTH)
    flat.add(vectors)
    return lambda query: flat.search(query[np.newaxis], K)[1][0].tolist(), vectors.nbytes / 1e6


def _recall(answers: Sequence[Sequence[int]], vectors: NDArray[Any], queries: NDArray[Any]) -> float:
    """The share of the exact 10 best that were found."""
    hits = 0
    for answer, query in zip(answers, queries, strict=True):
        hits += len(set(answer) & set(np.argpartition(-(vectors @ query), K - 1)[:K].tolist()))
    return hits / (K * len(queries))


def _resident_mib() -> float:
    """Memory of this process, in MiB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024  # type: ignore[index]
