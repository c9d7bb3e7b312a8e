"""64-bit hashes of many pieces of a text at once."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from lepton_ai.codecs.text.characters import CODE_POINTS

Hashes = NDArray[np.uint64]

_BASE = 0x9E3779B97F4A7C15
_BASE_INVERSE = pow(_BASE, -1, 1 << 64)
BASE = np.uint64(_BASE)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_SHIFTS = np.uint64(31), np.uint64(29), np.uint64(32)


def mix(numbers: Hashes) -> Hashes:
    """Spread the bits of 64-bit numbers: the finaliser of SplitMix64 (Steele, Lea and Flood 2014)."""
    mixed = numbers ^ (numbers >> _SHIFTS[0])
    mixed *= _FIRST
    mixed ^= mixed >> _SHIFTS[1]
    mixed *= _SECOND
    mixed ^= mixed >> _SHIFTS[2]
    return mixed


@cache
def character_numbers() -> Hashes:
    """A fixed random number for every code point."""
    numbers = mix(np.arange(1, CODE_POINTS + 1, dtype=np.uint64) * BASE)
    numbers.flags.writeable = False
    return numbers


class RollingHash:
    """Hashes of any stretches of one array of code points, each in constant time.

    The polynomial hash of Karp and Rabin (1987) modulo 2**64 over random numbers of the characters. The
    base is odd, so it has an inverse and a stretch's hash does not depend on where it starts.

    Args:
        points: Code points of all texts, shape [n].
    """

    def __init__(self, points: NDArray[np.uint32]) -> None:
        powers, self._inverses = _powers(len(points) + 1)
        self._prefix = np.zeros(len(points) + 1, np.uint64)
        np.cumsum(character_numbers()[points] * powers[: len(points)], out=self._prefix[1:])

    def between(self, starts: NDArray[np.intp], ends: NDArray[np.intp], salt: int = 0) -> Hashes:
        """Hashes of the stretches [start, end), shape of `starts`; another `salt`, another hash."""
        raw = (self._prefix[ends] - self._prefix[starts]) * self._inverses[starts]
        return mix(raw + np.uint64(salt))


_cached = (np.ones(1, np.uint64), np.ones(1, np.uint64))


def _powers(count: int) -> tuple[Hashes, Hashes]:
    """At least `count` powers of the base and of its inverse; grows to what was needed so far."""
    global _cached  # noqa: PLW0603 - a cache that may be recomputed by any thread, to the same values
    if len(_cached[0]) < count:
        size = max(1 << 16, 1 << count.bit_length())
        pair = []
        for factor in (_BASE, _BASE_INVERSE):
            steps = np.full(size, factor, np.uint64)
            steps[0] = 1
            pair.append(np.cumprod(steps))
        _cached = (pair[0], pair[1])
    return _cached
