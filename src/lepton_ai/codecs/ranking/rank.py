"""From the scores of one row to its ranked items: rules, recency, variety."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lepton_ai.codecs.ranking.catalogue import Catalogue
from lepton_ai.codecs.ranking.diversity import Picker
from lepton_ai.codecs.ranking.index import NearestIndex
from lepton_ai.codecs.ranking.options import Options
from lepton_ai.codecs.ranking.rules import Rules
from lepton_ai.codecs.ranking.top_k import top_k
from lepton_ai.core.errors import PackageError

_LIFT = 2.0
_LEAST_POOL = 50
_POOL = 5
_PROPOSED = 1000
_PROPOSED_EACH = 20
_LEAST_KEPT = 5


class Ranked(NamedTuple):
    """Positions of items, best first, and their scores."""

    positions: NDArray[Any]
    scores: NDArray[Any]


def rank_by_scores(
    scores: NDArray[Any],
    *,
    options: Options,
    seen: NDArray[Any],
    catalogue: Catalogue,
    temperature: float,
) -> Ranked:
    """The best items by their logits, with probabilities over the whole catalogue.

    Args:
        scores: float32 [items].
        options: What is wanted.
        seen: Positions of the items of the history.
        catalogue: The items.
        temperature: What the logits are divided by before the softmax.

    Raises:
        PackageError: A score is no number.
    """
    highest = _highest(scores)
    rules = Rules.of(options, catalogue, seen)
    best = _best(rules.apply(_lifted(scores, options, catalogue)), options, catalogue)
    total = np.exp((scores - highest) / np.float32(temperature)).sum()
    return Ranked(best, np.exp((scores[best].astype(np.float64) - highest) / temperature) / float(total))


def rank_by_query(
    query: NDArray[Any],
    *,
    options: Options,
    seen: NDArray[Any],
    catalogue: Catalogue,
    search: NDArray[Any],
    index: NearestIndex | None,
) -> Ranked:
    """The best items by the inner product of their vectors with a query.

    Where there is an index, it proposes some thousand items, and the rules choose among them. The search
    is exact where there is none, where they leave too few of the proposed, and with an allow list or a
    lift of new items, which cannot be told from a few.

    Args:
        query: float32 [width].
        options: What is wanted.
        seen: Positions of the items of the history.
        catalogue: The items.
        search: float32 [items, width].
        index: Of `search`, or None.

    Raises:
        PackageError: The query is not as wide as the vectors, or a score is no number.
    """
    if query.shape != search.shape[1:]:
        raise PackageError("The graph's query is not as wide as the vectors to search.")
    rules = Rules.of(options, catalogue, seen)
    if index is not None and options.allow is None and options.recency == 0:
        ranked = _rank_proposed(
            query, options=options, rules=rules, catalogue=catalogue, search=search, index=index
        )
        if ranked is not None:
            return ranked
    scores = _products(search, query)
    _highest(scores)
    best = _best(rules.apply(_lifted(scores, options, catalogue)), options, catalogue)
    return Ranked(best, scores[best])


def _rank_proposed(
    query: NDArray[Any],
    *,
    options: Options,
    rules: Rules,
    catalogue: Catalogue,
    search: NDArray[Any],
    index: NearestIndex,
) -> Ranked | None:
    """The best of what the index proposes; None when the rules leave too little of it."""
    count = max(_PROPOSED, _PROPOSED_EACH * options.k) + len(rules.excluded)
    kept = rules.keep(np.sort(index.search(query, count)))
    if len(kept) < _LEAST_KEPT * max(options.k, 10):
        return None
    scores = _products(search[kept], query)
    _highest(scores)
    best = _best(scores, options, catalogue, kept)
    return Ranked(kept[best], scores[best]) if len(best) == options.k else None


def _products(vectors: NDArray[Any], query: NDArray[Any]) -> NDArray[Any]:
    """Inner products, shape [rows].

    A matrix product would round equal vectors differently by where they lie, and so order them at random.
    """
    found: NDArray[Any] = np.einsum("ij,j->i", vectors, query)
    return found


def _highest(scores: NDArray[Any]) -> np.float32:
    """The highest score; those that are no numbers are refused."""
    highest = np.float32(scores.max())
    if not np.isfinite(highest):
        raise PackageError("The graph gives scores that are no numbers.")
    return highest


def _lifted(scores: NDArray[Any], options: Options, catalogue: Catalogue) -> NDArray[Any]:
    """The scores, newer items lifted by up to two standard deviations."""
    if options.recency == 0:
        return scores
    lift = np.float32(options.recency * _LIFT * float(scores.std()))
    lifted: NDArray[Any] = scores + lift * catalogue.newest
    return lifted


def _best(
    wanted: NDArray[Any], options: Options, catalogue: Catalogue, positions: NDArray[Any] | None = None
) -> NDArray[Any]:
    """Places of the items to show, in their order.

    Args:
        wanted: Scores, minus infinity for what may not be shown.
        options: What is wanted.
        catalogue: The items.
        positions: Positions of the items that `wanted` is about; None: those of the whole catalogue.
    """
    if options.diversity == 0 and options.max_per_category is None:
        return top_k(wanted, options.k)
    left = wanted.copy()
    picker = Picker(
        catalogue,
        k=options.k,
        diversity=options.diversity,
        max_per_category=options.max_per_category,
    )
    everywhere = np.arange(len(wanted)) if positions is None else positions
    places: list[int] = []
    while not picker.done:
        pool = top_k(left, max(_LEAST_POOL, _POOL * options.k))
        if len(pool) == 0:
            break
        places += pool[picker.pick(everywhere[pool], left[pool])].tolist()
        left[pool] = -np.inf
        left[picker.closed(everywhere)] = -np.inf
    return np.array(places, dtype=np.intp)
