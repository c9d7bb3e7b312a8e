"""How good ranked lists of items are, against the items that were right.

Every metric here takes either plain lists, or a model and the data to judge it on:

* `metric(recommended, relevant, k=10)`: one ranked list of item ids a user, best first, and one collection
  of the right item ids a user, in the same order. Ids are any values that can be compared; an item may stand
  in a list only once.
* `metric(model, data, k=10)`: anything with `ranked_items` (see `Ranks`), such as a trained recommender.

A value is the mean over the users that have at least one right item; the others are passed over. A list may
be shorter than k: what is missing counts as not right. Relevance is yes or no.

By default a model ranks every item that it knows. With `negatives=N` it ranks each user's right items among N
others drawn at random. That is quicker and gives much higher figures, which cannot be compared with those
of the full ranking and may order models wrongly (Krichene and Rendle 2020, "On Sampled Metrics for Item
Recommendation").
"""

from __future__ import annotations

import math
from typing import Any, Literal, Protocol, TypeAlias, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from lepton_ai.core.errors import UsageError
from lepton_ai.metrics.ranked_lists import Hits, Lists, Sets, find_hits, whole_k

RankingScore: TypeAlias = Literal["hit_rate", "ndcg", "mrr", "map", "precision", "recall"]

_Scores: TypeAlias = NDArray[np.float64]


@runtime_checkable
class Ranks(Protocol):
    """A model that the metrics of ranking can judge."""

    def ranked_items(
        self, data: Any, *, k: int, negatives: int | None = None, seed: int = 0
    ) -> tuple[Lists, Sets]:
        """What the model recommends to the users of `data`, and what would have been right.

        Args:
            data: Events that the model was not trained on, in any form it reads.
            k: How many items to recommend to each user.
            negatives: None ranks all items; a number ranks the right ones among so many drawn at random.
            seed: Start of that draw.

        Returns:
            One ranked list of at most `k` item ids a user, and one collection of right item ids a user.
        """
        ...


def precision_at_k(
    first: Ranks | Lists, second: Any, *, k: int = 10, negatives: int | None = None, seed: int = 0
) -> float:
    """Of the first `k` places of a list, the share that holds a right item.

    It is always divided by k, also where fewer items were recommended or fewer than k are right: with one
    right item a user it is at most 1 / k.

    Args:
        first: A model, or one ranked list of item ids a user.
        second: The data to judge the model on, or one collection of right item ids a user.
        k: How many places of a list to look at.
        negatives: Only with a model: rank among so many drawn items instead of all (see the module).
        seed: Start of that draw.

    Raises:
        UsageError: k is under 1, a list repeats an item, or the two tell of different numbers of users.
        DataError: No user has a right item.

    Example:
        >>> precision_at_k([["a", "b", "c", "d"], ["a", "b"]], [{"b", "x"}, {"a", "b"}], k=4)
        0.375
    """
    return _mean("precision", first, second, k=k, negatives=negatives, seed=seed)


def recall_at_k(
    first: Ranks | Lists, second: Any, *, k: int = 10, negatives: int | None = None, seed: int = 0
) -> float:
    """Of a user's right items, the share that stands in the first `k` places.

    Arguments and errors are those of `precision_at_k`. With more than k right items it cannot reach 1.

    Example:
        >>> recall_at_k([["a", "b", "c"]], [{"b", "x"}], k=3)
        0.5
    """
    return _mean("recall", first, second, k=k, negatives=negatives, seed=seed)


def ndcg_at_k(
    first: Ranks | Lists, second: Any, *, k: int = 10, negatives: int | None = None, seed: int = 0
) -> float:
    """Like recall, but a right item counts more the higher it stands; 1 is the best order possible.

    A right item at place i gains 1 / log2(i + 1); the sum is divided by that of a list that starts with
    min(k, right items) right ones (Järvelin and Kekäläinen 2002). Arguments and errors are those of
    `precision_at_k`.

    Example:
        >>> ndcg_at_k([["a", "b", "c"]], [{"c"}], k=3)
        0.5
    """
    return _mean("ndcg", first, second, k=k, negatives=negatives, seed=seed)


def hit_rate_at_k(
    first: Ranks | Lists, second: Any, *, k: int = 10, negatives: int | None = None, seed: int = 0
) -> float:
    """The share of users with at least one right item in the first `k` places.

    With one right item a user it is the same as recall. Arguments and errors are those of `precision_at_k`.

    Example:
        >>> hit_rate_at_k([["a", "b"], ["a", "b"]], [{"b"}, {"c"}], k=2)
        0.5
    """
    return _mean("hit_rate", first, second, k=k, negatives=negatives, seed=seed)


def mrr_at_k(
    first: Ranks | Lists, second: Any, *, k: int = 10, negatives: int | None = None, seed: int = 0
) -> float:
    """The mean of 1 / place of the first right item; 0 where none stands in the first `k` places.

    Arguments and errors are those of `precision_at_k`.

    Example:
        >>> mrr_at_k([["a", "b"], ["a", "b"]], [{"b"}, {"c"}], k=2)
        0.25
    """
    return _mean("mrr", first, second, k=k, negatives=negatives, seed=seed)


def map_at_k(
    first: Ranks | Lists, second: Any, *, k: int = 10, negatives: int | None = None, seed: int = 0
) -> float:
    """The mean average precision: the precision at the place of each right item, averaged.

    A user's sum over the right items in the first `k` places is divided by min(k, right items), so that 1 can
    be reached. (TREC divides by all right items, which differs where there are more than k.) Arguments and
    errors are those of `precision_at_k`.

    Example:
        >>> map_at_k([["a", "b", "c"]], [{"a", "c"}], k=3)
        0.8333333333333333
    """
    return _mean("map", first, second, k=k, negatives=negatives, seed=seed)


def user_scores(hits: Hits) -> dict[RankingScore, _Scores]:
    """Every metric of every user with a right item, each of shape [users].

    The shares are in double precision; `Hits.users` says whose they are.
    """
    table = hits.table.astype(np.float64)
    found = table.sum(axis=1)
    reachable = np.minimum(hits.relevant, hits.k)
    places = np.arange(1, max(table.shape[1], reachable.max()) + 1, dtype=np.float64)
    discounts = 1 / np.log2(places + 1)
    ideal = discounts.cumsum()[reachable - 1]
    places, discounts = places[: table.shape[1]], discounts[: table.shape[1]]
    precisions = table * table.cumsum(axis=1) / places
    return {
        "hit_rate": (found > 0).astype(np.float64),
        "ndcg": table @ discounts / ideal,
        "mrr": (table / places).max(axis=1),
        "map": precisions.sum(axis=1) / reachable,
        "precision": found / hits.k,
        "recall": found / hits.relevant,
    }


def lists_of(
    first: Ranks | Lists, second: Any, *, k: int, negatives: int | None = None, seed: int = 0
) -> tuple[Lists, Sets]:
    """The ranked lists and the right items, asked of the model where one was given.

    Raises:
        UsageError: k is under 1, or `negatives` was given without a model or is under 1.
    """
    length = whole_k(k)
    if isinstance(first, Ranks):
        if negatives is not None and negatives < 1:
            raise UsageError(
                f"negatives must be 1 or more; found {negatives}.", hint="Leave it out to rank all items."
            )
        return first.ranked_items(second, k=length, negatives=negatives, seed=seed)
    if negatives is not None:
        raise UsageError(
            "negatives can be drawn only where a model ranks them.",
            hint="Pass a model and its data, or leave negatives out.",
        )
    return first, second


def _mean(
    score: RankingScore, first: Ranks | Lists, second: Any, *, k: int, negatives: int | None, seed: int
) -> float:
    recommended, relevant = lists_of(first, second, k=k, negatives=negatives, seed=seed)
    scores = user_scores(find_hits(recommended, relevant, k=k))[score]
    return math.fsum(scores.tolist()) / len(scores)
