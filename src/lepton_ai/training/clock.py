"""How long the stages of a training take."""

from __future__ import annotations

import time


class Clock:
    """Seconds between laps, by the name of the lap."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.monotonic()

    def lap(self, name: str) -> None:
        """The time since the last lap belongs to `name`."""
        now = time.monotonic()
        self.laps[name] = now - self._last
        self._last = now
