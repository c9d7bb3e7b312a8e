"""What being right does not tell: how much of the catalogue is shown, how evenly, how new, how varied.

Every function here takes either plain lists (one ranked list of item ids a user), or a model and data for
whose users it recommends: `coverage(recommended, catalogue=1682)` or `coverage(model, data, catalogue=1682)`.
A model ranks all items. Only the first `k` items of a list count, and no right items are needed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Mapping
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lepton_ai.core.errors import DataError, UsageError
from lepton_ai.metrics.ranked_lists import Lists, ranked_lists, whole_k
from lepton_ai.metrics.ranking import Ranks, lists_of


def coverage(
    first: Ranks | Lists, second: Any = None, *, catalogue: int | Collection[Hashable], k: int = 10
) -> float:
    """The share of the catalogue that is recommended to at least one user.

    Args:
        first: A model, or one ranked list of item ids a user.
        second: With a model: the data whose users it recommends for.
        catalogue: All item ids that could be recommended, or how many there are.
        k: How many places of a list count.

    Raises:
        UsageError: k is under 1, or a list repeats an item.
        DataError: An item that is not in the catalogue, or more items than it has.

    Example:
        >>> coverage([["a", "b"], ["a", "c"]], catalogue=4)
        0.75
    """
    counts = catalogue_counts(_shown(first, second, k=k), catalogue)
    return float((counts > 0).mean())


def gini(
    first: Ranks | Lists, second: Any = None, *, catalogue: int | Collection[Hashable], k: int = 10
) -> float:
    """How unevenly the places in the lists are shared out among the items of the catalogue.

    0 where every item is recommended equally often; near 1 where a few items take all places (Gini 1912).
    Items that are never recommended count too. Arguments and errors are those of `coverage`.

    Example:
        >>> gini([["a"], ["a"], ["a"], ["a"]], catalogue=4)
        0.75
    """
    return gini_of(catalogue_counts(_shown(first, second, k=k), catalogue))


def gini_of(counts: NDArray[np.int64]) -> float:
    """The Gini coefficient of counts that are not all 0, shape [items]."""
    ascending = np.sort(counts).astype(np.float64)
    places = np.arange(1, len(ascending) + 1)
    return float(((2 * places - len(ascending) - 1) @ ascending) / (len(ascending) * ascending.sum()))


def novelty(
    first: Ranks | Lists, second: Any = None, *, popularity: Mapping[Any, float], k: int = 10
) -> float:
    """How little known the recommended items are: the mean of -log2 of an item's share of all events.

    10 means that a recommended item typically has one of 1,024 events. It is averaged over a user's list,
    then over users; users without any recommendation are passed over (after Zhou et al. 2010,
    [doi 10.1073/pnas.1000488107](https://doi.org/10.1073/pnas.1000488107)).

    Args:
        first: A model, or one ranked list of item ids a user.
        second: With a model: the data whose users it recommends for.
        popularity: Item id to how often it was chosen in the training data, as a count or a share; only the
            proportions matter. An item that is missing, or has 0, counts as the rarest one that is there.
        k: How many places of a list count.

    Raises:
        UsageError: k is under 1, or a list repeats an item.
        DataError: `popularity` has a negative number, or none over 0.

    Example:
        >>> novelty([["a", "b"]], popularity={"a": 2, "b": 1, "c": 1})
        1.5
    """
    return float(np.mean(user_novelty(_shown(first, second, k=k), popularity)))


def diversity(
    first: Ranks | Lists,
    second: Any = None,
    *,
    categories: Mapping[Any, Collection[Hashable]] | None = None,
    vectors: Mapping[Any, ArrayLike] | None = None,
    k: int = 10,
) -> float:
    """How unlike the items of one list are: 1 less the mean similarity of all pairs (Ziegler et al. 2005).

    It is averaged over users; users with fewer than two recommendations are passed over.

    Args:
        first: A model, or one ranked list of item ids a user.
        second: With a model: the data whose users it recommends for.
        categories: Item id to its categories. Two items are as similar as the share of their categories
            that both have (Jaccard 1901); items without any category are alike to none.
        vectors: Item id to its vector. Two items are as similar as the cosine between them.
        k: How many places of a list count.

    Raises:
        UsageError: k is under 1, a list repeats an item, or not exactly one of `categories` and `vectors`.
        DataError: A recommended item has no entry, or no list has two items.

    Example:
        >>> diversity([["a", "b", "c"]], categories={"a": {"war"}, "b": {"war"}, "c": {"love"}})
        0.6666666666666667
    """
    lists = [row for row in _shown(first, second, k=k) if len(row) > 1]
    if not lists:
        raise DataError("No list has two items, so there are no pairs to compare.")
    if categories is not None and vectors is None:
        similarity = _category_similarity(lists, categories)
    elif vectors is not None and categories is None:
        similarity = _vector_similarity(lists, vectors)
    else:
        raise UsageError("diversity needs either categories or vectors of the items, and not both.")
    return 1.0 - float(np.mean(similarity))


def user_novelty(lists: list[list[Hashable]], popularity: Mapping[Any, float]) -> NDArray[np.float64]:
    """The novelty of every list that is not empty, shape [such lists]; see `novelty`."""
    values = np.fromiter(popularity.values(), dtype=np.float64, count=len(popularity))
    if not (values >= 0).all() or not (values > 0).any() or not np.isfinite(values).all():
        raise DataError(
            "popularity must hold finite numbers of 0 or more, and one over 0.",
            hint="Count how often each item occurs in the training data.",
        )
    total, least = float(values.sum()), float(values[values > 0].min())
    known = {item: float(-np.log2((count or least) / total)) for item, count in popularity.items()}
    unknown = float(-np.log2(least / total))
    return np.array([np.mean([known.get(item, unknown) for item in row]) for row in lists if row])


def catalogue_counts(lists: list[list[Hashable]], catalogue: int | Collection[Hashable]) -> NDArray[np.int64]:
    """How many lists hold each item of the catalogue, shape [catalogue], in no special order."""
    counted = Counter(item for row in lists for item in row)
    if isinstance(catalogue, int | np.integer):
        size, outside = int(catalogue), len(counted) - int(catalogue)
    else:
        known = set(catalogue)
        size, outside = len(known), len(counted.keys() - known)
    if outside > 0:
        raise DataError(
            f"{len(counted)} different items are recommended, and {outside} of them are not in the catalogue "
            f"of {size}.",
            hint="Pass all items that could have been recommended.",
        )
    counts = np.zeros(size, dtype=np.int64)
    counts[: len(counted)] = list(counted.values())
    return counts


def _shown(first: Ranks | Lists, second: Any, *, k: int) -> list[list[Hashable]]:
    if isinstance(first, Ranks):
        first = lists_of(first, second, k=k)[0]
    elif second is not None:
        raise UsageError(
            "A second argument has a meaning only behind a model.",
            hint="Pass the lists alone, or a model that has `ranked_items` and its data.",
        )
    lists = ranked_lists(first, k=whole_k(k))
    if not any(lists):
        raise DataError("Nothing is recommended to any user.", hint="Pass one ranked list of ids a user.")
    return lists


def _entries(lists: list[list[Hashable]], known: Mapping[Any, Any], *, name: str) -> dict[Hashable, Any]:
    """What is known of every item in the lists."""
    items = dict.fromkeys(item for row in lists for item in row)
    missing = sum(item not in known for item in items)
    if missing:
        raise DataError(
            f"{missing} of {len(items)} recommended items have no entry in {name}.",
            hint="Give every item an entry; that of an item without any category is an empty list.",
        )
    return {item: known[item] for item in items}


def _category_similarity(
    lists: list[list[Hashable]], categories: Mapping[Any, Collection[Hashable]]
) -> list[float]:
    sets = {
        item: _category_set(value) for item, value in _entries(lists, categories, name="categories").items()
    }
    return [
        float(np.mean([_jaccard(sets[one], sets[other]) for one, other in combinations(row, 2)]))
        for row in lists
    ]


def _category_set(value: Collection[Hashable]) -> frozenset[Hashable]:
    """One category may be given as bare text."""
    return frozenset([value] if isinstance(value, str) else value)


def _jaccard(one: frozenset[Hashable], other: frozenset[Hashable]) -> float:
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared) if shared else 0.0


def _vector_similarity(lists: list[list[Hashable]], vectors: Mapping[Any, ArrayLike]) -> list[float]:
    entries = _entries(lists, vectors, name="vectors")
    try:
        table = np.array(list(entries.values()), dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise DataError("The vectors of the items are not all of the same length.") from error
    if table.ndim != 2 or not np.isfinite(table).all():
        raise DataError("The vectors of the items must be flat lists of finite numbers.")
    lengths = np.linalg.norm(table, axis=1, keepdims=True)
    unit = np.divide(table, lengths, out=np.zeros_like(table), where=lengths > 0)
    places = {item: place for place, item in enumerate(entries)}
    similarities = []
    for row in lists:
        own = unit[[places[item] for item in row]]
        # The square of a sum is the sum of squares and of both orders of every pair.
        pairs = np.square(own.sum(axis=0)).sum() - np.square(own).sum()
        similarities.append(float(pairs) / (len(row) * (len(row) - 1)))
    return similarities
