"""Hashes to small numbers, by a table that a whole batch is looked up in at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lepton_ai.codecs.text.hashing import Hashes

_SPACE_PER_KEY = 6
_LEAST_BITS = 10
_PROBES = 2
_HALF = np.uint64(32)


class HashVocabulary:
    """Numbers 0, 1, 2, ... for a list of different 64-bit hashes, -1 for every other hash.

    A key sits in one of two slots of a table about six times as large as the list; a lookup compares 32
    bits of the hash there. A key that finds both slots taken (about 1 in 100) is treated as unknown,
    so keys should come in order of importance. Two unlike pieces of text are taken for one another with a
    chance under 1 in 2**32 each.

    Args:
        keys: The hashes, most important first.
    """

    def __init__(self, keys: Hashes) -> None:
        self.keys = keys
        self._bits = max(_LEAST_BITS, int(np.ceil(np.log2(max(len(keys), 1) * _SPACE_PER_KEY))))
        # Check in the upper half of an entry, number plus one in the lower: one look, one cache line.
        self._entries = np.zeros(1 << self._bits, np.uint64)
        waiting = np.arange(len(keys))
        for probe in range(_PROBES):
            waiting = self._place(waiting, probe)

    def __len__(self) -> int:
        return len(self.keys)

    def lookup(self, hashes: Hashes) -> NDArray[np.int32]:
        """The number of each hash, or -1; the shape of `hashes`."""
        numbers = self._found(hashes, 0)
        missing = np.flatnonzero(numbers < 0)
        numbers[missing] = self._found(hashes[missing], 1)
        return numbers

    def _found(self, hashes: Hashes, probe: int) -> NDArray[np.int32]:
        entries = self._entries[self._slots(hashes, probe)]
        numbers = entries.astype(np.uint32).view(np.int32) - 1
        numbers[(entries >> _HALF).astype(np.uint32) != hashes.astype(np.uint32)] = -1
        return numbers

    def _slots(self, hashes: Hashes, probe: int) -> NDArray[np.intp]:
        # The upper bits first, then those below; the lowest 32 are what is compared.
        shift = 64 - self._bits if probe == 0 else max(64 - 2 * self._bits, 0)
        return ((hashes >> np.uint64(shift)) & np.uint64((1 << self._bits) - 1)).astype(np.intp)

    def _place(self, waiting: NDArray[np.intp], probe: int) -> NDArray[np.intp]:
        """Give each waiting key its slot of this probe if free, the first in the list first; the rest."""
        slots = self._slots(self.keys[waiting], probe)
        free = np.flatnonzero(self._entries[slots] == 0)
        wanting, at = waiting[free], slots[free]
        entries = (self.keys[wanting] << _HALF) | (wanting + 1).astype(np.uint64)
        self._entries[at[::-1]] = entries[::-1]
        lost = np.ones(len(waiting), bool)
        lost[free[self._entries[at] == entries]] = False
        return waiting[lost]
