"""Texts that are nearly the same though no normal form is: templates, edits, copies with a word changed.

MinHash over character trigrams with banding (Broder 1997), and an exact check of each pair that it gives.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from lepton_ai.data.quality.base import Batch, Check, Finding, share, shown_rows
from lepton_ai.data.schema import Schema

SIMILARITY = 0.8
"""Share of common trigrams (Jaccard) from which on two texts are nearly the same."""

SHORTEST = 12
"""Shorter texts are left out: one character changes their meaning."""

_LONGEST = 2_000
_BANDS, _ROWS_A_BAND = 6, 4
_CHUNK = 1 << 20
_PAIR_LIMIT = 400_000
_MIX = np.uint64(0x9E3779B97F4A7C15)


class SimilarTexts(Check):
    """Rows whose text is nearly that of a row before."""

    needs: ClassVar[tuple[str, ...]] = ("text",)
    whole_table_only: ClassVar[bool] = True

    def __init__(self, schema: Schema, context: dict[str, Any]) -> None:
        super().__init__(schema, context)
        self._texts: dict[str, int] = {}
        self._rows = 0

    def observe(self, batch: Batch) -> None:
        """Keep the different normalised texts with the row that each came first in."""
        self._rows += batch.frame.height
        for place, text in enumerate(batch.normal_text.to_list(), start=batch.first):
            if text is not None and len(text) >= SHORTEST:
                self._texts.setdefault(text[:_LONGEST], place)

    def findings(self) -> list[Finding]:
        """Rows that are nearly a copy of an earlier one."""
        texts = list(self._texts)
        places = np.fromiter(self._texts.values(), np.int64, len(texts))
        later = sorted({max(pair) for pair in similar_pairs(texts)})
        if not later:
            return []
        rows = np.sort(places[np.array(later)])
        title = f"{len(rows):,} rows are nearly a copy of an earlier one ({share(len(rows), self._rows)})"
        advice = "Copies on both sides of a split flatter the scores; delete them or split by group."
        severity = "warning" if len(rows) > 0.05 * self._rows else "info"
        return [Finding("similar-texts", severity, title, len(rows), shown_rows(rows), advice)]


def similar_pairs(texts: list[str], *, similarity: float = SIMILARITY) -> list[tuple[int, int]]:
    """Pairs of positions of different texts that share at least `similarity` of their trigrams.

    Within a bucket of candidates each text is compared with the first only, so that a thousand copies of
    one template give a thousand pairs and not half a million.
    """
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
        joined = first != order
        candidates.update(zip(first[joined].tolist(), order[joined].tolist(), strict=True))
        if len(candidates) > _PAIR_LIMIT:
            break
    return [pair for pair in sorted(candidates) if _jaccard(texts[pair[0]], texts[pair[1]]) >= similarity]


def _signatures(texts: list[str]) -> NDArray[np.uint64]:
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


def _chunks(texts: list[str]) -> Iterator[tuple[int, int]]:
    start = total = 0
    for place, text in enumerate(texts):
        total += len(text)
        if total >= _CHUNK:
            yield start, place + 1
            start, total = place + 1, 0
    if start < len(texts):
        yield start, len(texts)


def _trigrams(texts: list[str]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
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


def _jaccard(left: str, right: str) -> float:
    a = {left[place : place + 3] for place in range(len(left) - 2)}
    b = {right[place : place + 3] for place in range(len(right) - 2)}
    common = len(a & b)
    return common / (len(a) + len(b) - common)
