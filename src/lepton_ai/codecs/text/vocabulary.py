"""Hashes to small numbers, by a table that a whole batch is looked up in at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lepton_ai.codecs.text.hashing import Hashes

_SPACE_PER_KEY = 6
_LEAST_BITS = 10
_PROBES = 2


class HashVocabulary:
    """Numbers 0, 1, 2, ... for a list of different 64-bit hashes, -1 for every other hash.

    A key sits in one of two slots of a table about six times as large as the list; a lookup compares 32
    bits of the hash there. A key that finds both slots taken (well under 1 in 100) is treated as unknown,
    so keys should come in order of importance. Two unlike pieces of text are taken for one another with a
    chance under 1 in 2**32 each.

    Args:
        keys: The hashes, most important first.
    """

    def __init__(self, keys: Hashes) -> None:
        self.keys = keys
        self._bits = max(_LEAST_BITS, int(np.ceil(np.log2(max(len(keys), 1) * _SPACE_PER_KEY))))
        self._numbers = np.full(1 << self._bits, -1, np.int32)
        self._checks = np.zeros(1 << self._bits, np.uint32)
        waiting = np.arange(len(keys))
        for probe in range(_PROBES):
            waiting = self._place(waiting, probe)

    def __len__(self) -> int:
        return len(self.keys)

    def lookup(self, hashes: Hashes) -> NDArray[np.int32]:
        """The number of each hash, or -1; the shape of `hashes`."""
        check = hashes.astype(np.uint32)
        slot = self._slots(hashes, 0)
        numbers = np.where(self._checks[slot] == check, self._numbers[slot], np.int32(-1))
        missing = np.flatnonzero(numbers < 0)
        slot = self._slots(hashes[missing], 1)
        numbers[missing] = np.where(self._checks[slot] == check[missing], self._numbers[slot], np.int32(-1))
        return numbers

    def _slots(self, hashes: Hashes, probe: int) -> NDArray[np.intp]:
        # The upper bits first, then those below; the lowest 32 are what is compared.
        shift = 64 - self._bits if probe == 0 else max(64 - 2 * self._bits, 0)
        return ((hashes >> np.uint64(shift)) & np.uint64((1 << self._bits) - 1)).astype(np.intp)

    def _place(self, waiting: NDArray[np.intp], probe: int) -> NDArray[np.intp]:
        """Give each waiting key its slot of this probe if free, the first in the list first; the rest."""
        slots = self._slots(self.keys[waiting], probe)
        free = np.flatnonzero(self._numbers[slots] < 0)
        wanting, at = waiting[free], slots[free]
        self._numbers[at[::-1]] = wanting[::-1]
        won = self._numbers[at] == wanting
        self._checks[at[won]] = self.keys[wanting[won]].astype(np.uint32)
        lost = np.ones(len(waiting), bool)
        lost[free[won]] = False
        return waiting[lost]
