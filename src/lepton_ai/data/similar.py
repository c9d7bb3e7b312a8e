"""Texts that are nearly the same though no normal form is: templates, edits, copies with a word changed.

MinHash over character trigrams with banding (Broder 1997), and an exact check of each pair that it gives.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

SIMILARITY = 0.8
"""Share of common trigrams (Jaccard) from which on two texts are nearly the same."""

SHORTEST = 12
"""Shorter texts are left out: one character changes their meaning."""

LONGEST = 1_000
"""Characters of a text that count; long texts that begin alike are alike."""

_BANDS, _ROWS_A_BAND = 6, 4
_LEAST_ALIKE = 14  # of the 24 hashes: 3 in 1,000 pairs of a similarity of 0.8 have fewer
_CHUNK = 1 << 20
_PAIR_LIMIT = 400_000
_MIX = np.uint64(0x9E3779B97F4A7C15)


def similar_pairs(texts: Sequence[str], *, similarity: float = SIMILARITY) -> list[tuple[int, int]]:
    """Pairs of positions of different texts that share at least `similarity` of their trigrams.

    Within a bucket of candidates each text is compared with the first only, so that a thousand copies of
    one template give a thousand pairs and not half a million.

    Args:
        texts: Texts of `SHORTEST` to `LONGEST` characters.
        similarity: Share of common trigrams (Jaccard).
    """
    pairs = []
    at, known = -1, frozenset[str]()
    for left, right in _candidates(texts):
        if left != at:
            at, known = left, _pieces(texts[left])
        if _jaccard(known, _pieces(texts[right])) >= similarity:
            pairs.append((left, right))
    return pairs


def similar_groups(texts: Sequence[str]) -> NDArray[np.int64]:
    """Texts that hang together by being nearly the same: shape [texts], the position of each one's first.

    Texts shorter than `SHORTEST` stand alone; of longer ones than `LONGEST`, the beginning counts.
    """
    compared = [place for place, text in enumerate(texts) if len(text) >= SHORTEST]
    cut = [texts[place][:LONGEST] for place in compared]
    parents = list(range(len(cut)))

    def first(place: int) -> int:
        while parents[place] != place:
            parents[place] = place = parents[parents[place]]
        return place

    for left, right in similar_pairs(cut):
        low, high = sorted((first(left), first(right)))
        parents[high] = low
    firsts = np.arange(len(texts))
    firsts[compared] = [compared[first(place)] for place in range(len(cut))]
    return firsts


def _candidates(texts: Sequence[str]) -> list[tuple[int, int]]:
    """Pairs of positions, the lower first, that are worth an exact check."""
    if len(texts) < 2:
        return []
    signatures = _signatures(texts)
    candidates: set[tuple[int, int]] = set()
    for band in range(_BANDS):
        keys = _folded(signatures[:, band * _ROWS_A_BAND : (band + 1) * _ROWS_A_BAND])
        order = np.argsort(keys, kind="stable")
        ordered = keys[order]
        starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
        first = order[np.repeat(starts, np.diff(np.append(starts, len(order))))]
        alike = (signatures[first] == signatures[order]).sum(1) >= _LEAST_ALIKE
        joined = np.flatnonzero(alike & (first != order))
        candidates.update(zip(first[joined].tolist(), order[joined].tolist(), strict=True))
        if len(candidates) > _PAIR_LIMIT:
            break
    return sorted(candidates)


def _signatures(texts: Sequence[str]) -> NDArray[np.uint64]:
    """Shape [texts, bands * rows]: for each of several hash functions the least hash of the trigrams."""
    size = _BANDS * _ROWS_A_BAND
    factors = np.random.default_rng(1).integers(1, 1 << 63, size, dtype=np.uint64) | np.uint64(1)
    result = np.empty((len(texts), size), np.uint64)
    for start, stop in _chunks(texts):
        hashes, starts = _trigrams(texts[start:stop])
        for place, factor in enumerate(factors):
            mixed = hashes * factor
            mixed ^= mixed >> np.uint64(29)
            result[start:stop, place] = np.minimum.reduceat(mixed, starts)
    return result


def _chunks(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    start = total = 0
    for place, text in enumerate(texts):
        total += len(text)
        if total >= _CHUNK:
            yield start, place + 1
            start, total = place + 1, 0
    if start < len(texts):
        yield start, len(texts)


def _trigrams(texts: Sequence[str]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Hashes of all trigrams, and where those of each text start. Every text has 3 characters or more."""
    points = np.frombuffer("".join(texts).encode("utf-32-le"), np.uint32).astype(np.uint64)
    hashes = (points[:-2] * np.uint64(1 << 42)) ^ (points[1:-1] * np.uint64(1 << 21)) ^ points[2:]
    hashes *= _MIX
    hashes ^= hashes >> np.uint64(31)
    lengths = np.fromiter((len(text) for text in texts), np.int64, len(texts))
    ends = np.cumsum(lengths)
    within = np.ones(len(hashes), np.bool_)
    for back in (1, 2):  # a trigram that starts in the last two characters runs into the next text
        crossing = ends[:-1] - back
        within[crossing] = False
    starts = np.concatenate(([0], np.cumsum(lengths - 2)[:-1]))
    return hashes[within], starts


def _folded(rows: NDArray[np.uint64]) -> NDArray[np.uint64]:
    key = np.zeros(len(rows), np.uint64)
    for column in rows.T:
        key = (key ^ column) * _MIX
        key ^= key >> np.uint64(32)
    return key


def _pieces(text: str) -> frozenset[str]:
    return frozenset(text[place : place + 3] for place in range(len(text) - 2))


def _jaccard(left: frozenset[str], right: frozenset[str]) -> float:
    common = len(left & right)
    return common / (len(left) + len(right) - common)
