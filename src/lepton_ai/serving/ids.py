"""Identifiers that sort by the time they were made: UUID version 7 (RFC 9562)."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

_TAIL_BITS = 74
_RANDOM_BITS = 62
_STEP_BYTES = 4


class IdSource:
    """Makes UUIDs of version 7 that are strictly increasing within one source.

    The 74 bits after the millisecond are a counter with a random start and random steps (RFC 9562,
    section 6.2, method 2), so ids neither collide between processes nor tell how many there are.
    Not for several threads.

    Args:
        clock: Nanoseconds since 1970.
        entropy: Random bytes.
    """

    def __init__(
        self, clock: Callable[[], int] = time.time_ns, *, entropy: Callable[[int], bytes] = os.urandom
    ) -> None:
        self._clock = clock
        self._entropy = entropy
        self._millisecond = -1
        self._tail = 0

    def take(self, count: int) -> list[str]:
        """`count` ids in increasing order."""
        now = self._clock() // 1_000_000
        if now > self._millisecond:
            self._restart(now)
        noise = self._entropy(_STEP_BYTES * count)
        ids = []
        for start in range(0, _STEP_BYTES * count, _STEP_BYTES):
            self._tail += 1 + int.from_bytes(noise[start : start + _STEP_BYTES], "big")
            if self._tail >> _TAIL_BITS:
                self._restart(self._millisecond + 1)
            ids.append(_format(self._millisecond, self._tail))
        return ids

    def _restart(self, millisecond: int) -> None:
        self._millisecond = millisecond
        # The top bit starts at 0, which leaves room for 2**41 steps in the millisecond.
        self._tail = int.from_bytes(self._entropy(10), "big") & ((1 << (_TAIL_BITS - 1)) - 1)


def _format(millisecond: int, tail: int) -> str:
    high = (millisecond << 16) | (7 << 12) | (tail >> _RANDOM_BITS)
    low = (0b10 << _RANDOM_BITS) | (tail & ((1 << _RANDOM_BITS) - 1))
    text = f"{high:016x}{low:016x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
