"""The ratings of each user, or of each item, in padded blocks that are worked on at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_CELLS = 1 << 16
_ENTITIES = 1 << 12


@dataclass(frozen=True)
class Block:
    """Some users (or items) with about as many ratings each.

    Attributes:
        own: Their positions, shape [n].
        ratings: Positions of their ratings, shape [n, most]; the number of all ratings where padded.
        partners: Positions of the items (or users) they rated; the number of all partners where padded.
    """

    own: NDArray[np.int64]
    ratings: NDArray[np.int64]
    partners: NDArray[np.int64]


def blocks(own: NDArray[np.int64], partners: NDArray[np.int64], *, shape: tuple[int, int]) -> list[Block]:
    """All of `shape[0]` users (or items), each in one block, those without ratings too.

    Within a block the longest row is less than twice as long as the shortest.
    """
    order = np.argsort(own, kind="stable")
    counts = np.bincount(own, minlength=shape[0])
    starts = np.cumsum(counts) - counts
    padded_order = np.append(order, len(own))
    padded_partners = np.append(partners, shape[1])
    found = []
    for members, longest in _alike(counts):
        reach = np.arange(longest)
        inside = reach < counts[members, np.newaxis]
        ratings = padded_order[np.where(inside, starts[members, np.newaxis] + reach, len(own))]
        found.append(Block(members, ratings, padded_partners[ratings]))
    return found


def _alike(counts: NDArray[np.int64]) -> Iterator[tuple[NDArray[np.int64], int]]:
    """Positions with counts of like size, a bounded number at once, and the largest count among them."""
    sizes = np.frexp(counts.astype(np.float64))[1]
    for size in np.unique(sizes):
        members = np.flatnonzero(sizes == size)
        members = members[np.argsort(counts[members], kind="stable")]
        step = max(1, min(_ENTITIES, _CELLS // max(int(counts[members[-1]]), 1)))
        for start in range(0, len(members), step):
            some = members[start : start + step]
            yield some, int(counts[some[-1]])
