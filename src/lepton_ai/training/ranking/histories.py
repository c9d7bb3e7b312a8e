"""The events of all users, flat, with what a training asks of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Histories:
    """Item numbers by user, oldest first.

    Attributes:
        starts: Shape [users + 1].
        events: Item numbers, 1 and up.
        features: Shape [users, features] of feature value ids, 0 where unknown; None without features.
    """

    starts: NDArray[np.int64]
    events: NDArray[np.int32]
    features: NDArray[np.int64] | None = None

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Shape [users]."""
        return np.diff(self.starts)

    @property
    def owners(self) -> NDArray[np.int64]:
        """The position of the user of each event."""
        return np.repeat(np.arange(len(self)), self.lengths)

    def counts(self, items: int) -> NDArray[np.int64]:
        """How many events each item of a catalogue has, shape [items]."""
        return np.bincount(self.events, minlength=items + 1)[1:]

    def without_last(self, users: NDArray[np.int64]) -> Histories:
        """The histories without the last event of some users."""
        kept = np.ones(len(self.events), bool)
        kept[self.starts[users + 1] - 1] = False
        lengths = self.lengths.copy()
        lengths[users] -= 1
        return Histories(np.concatenate([[0], np.cumsum(lengths)]), self.events[kept], self.features)

    def newest_first(self, users: NDArray[np.int64], length: int) -> NDArray[np.int64]:
        """The latest items of some users, shape [users, at most length, at least 1], padded with 0."""
        ends = self.starts[users + 1]
        counts = np.minimum(self.lengths[users], length)
        return self.gather(ends, counts)

    def gather(self, ends: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
        """The `counts` events before each of `ends`, newest first, padded with 0; one position at least."""
        back = np.arange(max(1, int(counts.max(initial=0))))
        real = back < counts[:, None]
        places = np.where(real, ends[:, None] - 1 - back, 0)
        if not len(self.events):
            return np.zeros(places.shape, np.int64)
        return np.where(real, self.events[places], 0).astype(np.int64)
