"""In how many texts each n-gram occurs, counted in bounded memory."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lepton_ai.codecs.text.hashing import Hashes

_MERGE_AT = 4_000_000
_KEEP = 4_000_000


class TextFrequency:
    """Counts texts per hash. Over `_KEEP` different hashes, those seen in one text so far are forgotten."""

    def __init__(self) -> None:
        self._pending: list[tuple[Hashes, NDArray[np.int64]]] = []
        self._waiting = 0

    def add(self, texts: NDArray[np.intp], hashes: Hashes) -> None:
        """Count the occurrences of a batch; no text may be in two batches."""
        order = np.lexsort((texts, hashes))
        hashes, texts = hashes[order], texts[order]
        new = np.ones(len(hashes), bool)
        new[1:] = (hashes[1:] != hashes[:-1]) | (texts[1:] != texts[:-1])
        keys, counts = np.unique(hashes[new], return_counts=True)
        self._pending.append((keys, counts))
        self._waiting += len(keys)
        if self._waiting > _MERGE_AT and len(self._pending) > 1:
            self._merge()

    def most_frequent(self, count: int, *, least: int) -> tuple[Hashes, NDArray[np.int64]]:
        """At most `count` hashes that are in at least `least` texts, most frequent first.

        Returns:
            Hashes and the number of texts of each. Ties are ordered by hash, so the result does not
            depend on the order of the texts.
        """
        self._merge()
        keys, counts = self._pending[0]
        enough = counts >= least
        keys, counts = keys[enough], counts[enough]
        order = np.lexsort((keys, -counts))[:count]
        return keys[order], counts[order]

    def _merge(self) -> None:
        if not self._pending:
            self._pending = [(np.empty(0, np.uint64), np.empty(0, np.int64))]
        keys, place = np.unique(np.concatenate([keys for keys, _ in self._pending]), return_inverse=True)
        weights = np.concatenate([counts for _, counts in self._pending])
        counts = np.bincount(place, weights, minlength=len(keys)).astype(np.int64)
        if len(keys) > _KEEP:
            repeated = counts > 1
            keys, counts = keys[repeated], counts[repeated]
        self._pending = [(keys, counts)]
        self._waiting = 0
