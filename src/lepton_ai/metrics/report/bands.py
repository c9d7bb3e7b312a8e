"""How counts are sorted into the few kinds that a report speaks of."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

_COUNTS = (0, 2, 5, 10, 20, 50, 100)
COUNT_BANDS = ("none", "1-2", "3-5", "6-10", "11-20", "21-50", "51-100", "over 100")
"""Names of the bands of `count_bands`."""

POPULARITY_BANDS = ("popular", "middling", "rare", "new")
"""Names of the bands of `popularity_bands`: see there."""

_POPULAR, _MIDDLING = 0.5, 0.8


def count_bands(counts: ArrayLike) -> NDArray[np.int64]:
    """The band of each count, as a position in `COUNT_BANDS`; same shape as `counts`."""
    return np.searchsorted(_COUNTS, np.asarray(counts, dtype=np.int64)).astype(np.int64)


def popularity_bands(popularity: Mapping[Hashable, float]) -> dict[Hashable, int]:
    """The band of each item, as a position in `POPULARITY_BANDS`.

    The most popular items that together hold half of all events are popular, those that hold the next three
    tenths middling, the others rare. An item that is missing, or has no event, is new.
    """
    total = sum(popularity.values())
    bands, before = {}, 0.0
    for item, count in sorted(popularity.items(), key=lambda each: -each[1]):
        share = before / total if total else 1.0
        band = 3 if count <= 0 else 0 if share < _POPULAR else 1 if share < _MIDDLING else 2
        bands[item] = band
        before += count
    return bands


def bands_of(items: Iterable[Hashable], bands: Mapping[Hashable, int]) -> NDArray[np.int64]:
    """How many of `items` fall into each of `POPULARITY_BANDS`."""
    counts = np.zeros(len(POPULARITY_BANDS), dtype=np.int64)
    for item in items:
        counts[bands.get(item, 3)] += 1
    return counts
