"""How far the work has come: bars on a terminal, plain lines in a log."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TextIO

from lepton_ai.core.errors import MissingDependencyError


class TerminalProgress:
    """A `Progress` drawn as tqdm bars on standard error, one for each stage."""

    def __init__(self) -> None:
        try:
            from tqdm import tqdm
        except ImportError:
            raise MissingDependencyError.for_extra("tqdm", "train", "A progress bar") from None
        self._tqdm: Any = tqdm
        self._bar: Any = None

    def stage(self, name: str, total: int = 0) -> None:
        """Close the bar before and open one of `total` steps."""
        self.close()
        self._bar = self._tqdm(
            total=total or None, desc=name, leave=True, dynamic_ncols=True, mininterval=0.2
        )

    def advance(self, steps: int = 1, note: str = "") -> None:
        """Move the bar."""
        if self._bar is None:
            return
        if note:
            self._bar.set_postfix_str(note, refresh=False)
        self._bar.update(steps)

    def note(self, line: str) -> None:
        """Print a line above the bar."""
        self._tqdm.write(line, file=None if self._bar is None else self._bar.fp)

    def close(self) -> None:
        """Finish the open bar."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None


class LineProgress:
    """A `Progress` of plain lines: one when a stage begins, then at most one every `every` seconds.

    Args:
        stream: Where the lines go.
        every: Seconds between two lines of one stage.
        clock: Seconds from any fixed point.
    """

    def __init__(
        self, stream: TextIO, *, every: float = 10.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._stream, self._every, self._clock = stream, every, clock
        self._name, self._total, self._done, self._told = "", 0, 0, 0.0

    def stage(self, name: str, total: int = 0) -> None:
        """Tell that a stage begins."""
        self._name, self._total, self._done, self._told = name, total, 0, self._clock()
        self.note(f"{name} ...")

    def advance(self, steps: int = 1, note: str = "") -> None:
        """Count, and tell when the last line is old enough."""
        self._done += steps
        now = self._clock()
        if now - self._told < self._every:
            return
        self._told = now
        of = f" of {self._total:,}" if self._total else ""
        self.note(f"{self._name}: {self._done:,}{of}{'  ' + note if note else ''}")

    def note(self, line: str) -> None:
        """Tell one line."""
        print(line, file=self._stream, flush=True)

    def close(self) -> None:
        """Nothing to finish: every line is whole."""
