"""A varied list: maximal marginal relevance, and at most so many items of a category.

Carbonell and Goldstein 1998, "The use of MMR, diversity-based reranking for reordering documents and
producing summaries" (SIGIR 1998).
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lepton_ai.codecs.ranking.catalogue import Catalogue


class Picker:
    """Chooses items one by one, from one pool of candidates after the other.

    Each next item is the one with the highest (1 - diversity) * relevance - diversity * likeness, where
    relevance is the score scaled to 0..1 over the pool, and likeness the highest inner product with an
    item chosen before. Of equal ones the candidate that comes first in the pool is taken.

    Args:
        catalogue: Vectors and categories of the items.
        k: How many to choose.
        diversity: 0 to 1.
        max_per_category: Most items that share a category; None: any number.
    """

    def __init__(
        self, catalogue: Catalogue, *, k: int, diversity: float = 0.0, max_per_category: int | None = None
    ) -> None:
        self._catalogue = catalogue
        self._k = k
        self._diversity = diversity
        self._most = max_per_category
        self._counts: Counter[int] = Counter()
        self.chosen: list[int] = []
        self.full: set[int] = set()

    @property
    def done(self) -> bool:
        """Whether there are as many items as wanted."""
        return len(self.chosen) >= self._k

    def pick(self, positions: NDArray[Any], scores: NDArray[Any]) -> list[int]:
        """Choose from a pool, until there are enough or it holds no more that may be chosen.

        Args:
            positions: Items that were not in a pool before, best first.
            scores: Their scores, falling.

        Returns:
            The places in the pool of those chosen, in the order of choice.
        """
        open_ = ~self.closed(positions)
        worth = (1 - self._diversity) * _relevance(scores)
        vectors = self._catalogue.vectors[positions] if self._diversity else None
        likeness = self._likeness(vectors)
        picked: list[int] = []
        while not self.done and open_.any():
            place = int(np.argmax(np.where(open_, worth - self._diversity * likeness, -np.inf)))
            open_[place] = False
            if self._take(int(positions[place])):
                open_ &= ~self.closed(positions)
            if vectors is not None:
                near = np.einsum("ij,j->i", vectors, vectors[place])
                likeness = near if len(self.chosen) == 1 else np.maximum(likeness, near)
            picked.append(place)
        return picked

    def closed(self, positions: NDArray[Any]) -> NDArray[np.bool_]:
        """Which of the items are of a category that takes no more."""
        if not self.full:
            return np.zeros(len(positions), dtype=np.bool_)
        closed: NDArray[np.bool_] = self._catalogue.in_places(self.full)[positions]
        return closed

    def _likeness(self, vectors: NDArray[Any] | None) -> NDArray[Any] | float:
        """How alike each candidate is to the likest of the items chosen so far."""
        if vectors is None or not self.chosen:
            return 0.0
        found: NDArray[Any] = (vectors @ self._catalogue.vectors[self.chosen].T).max(axis=1)
        return found

    def _take(self, position: int) -> bool:
        """Choose an item; whether a category has become full with it."""
        self.chosen.append(position)
        if self._most is None:
            return False
        categories = set(self._catalogue.categories_of(position))
        self._counts.update(categories)
        full = {each for each in categories if self._counts[each] >= self._most}
        self.full |= full
        return bool(full)


def _relevance(scores: NDArray[Any]) -> NDArray[np.float64]:
    """Falling scores, scaled to 0..1; 0 where all are equal."""
    values = np.asarray(scores, dtype=np.float64)
    span = float(values[0] - values[-1]) if len(values) else 0.0
    return (values - values[-1:]) / span if span > 0 else np.zeros(len(values))
