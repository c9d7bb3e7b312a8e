"""The server's log: one JSON object a line, with no data of any request in it."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec

_ENCODER = msgspec.json.Encoder()


def _to_stderr(line: str) -> object:
    return sys.stderr.write(line)


class EventLog:
    """Writes events as JSON lines: `{"time": ..., "event": ..., ...}`.

    Args:
        write: Takes each line, its newline with it.
    """

    def __init__(self, write: Callable[[str], object] = _to_stderr) -> None:
        self._write = write

    def event(self, name: str, /, **values: Any) -> None:
        """Write one event; `values` are JSON values and None is left out."""
        line: dict[str, Any] = {"time": datetime.now(UTC), "event": name}
        line.update((key, value) for key, value in values.items() if value is not None)
        self._write(_ENCODER.encode(line).decode() + "\n")

    def failure(self, name: str, error: BaseException, /, **values: Any) -> None:
        """Write an event with the traceback of `error`.

        The error's own message is left out: it may quote the row that caused it.
        """
        self.event(name, **values, error=type(error).__name__, traceback=_frames(error))


def _frames(error: BaseException) -> list[str]:
    lines: list[str] = []
    known: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in known:
        known.add(id(link))
        frames = traceback.extract_tb(link.__traceback__)
        lines += [type(link).__name__, *(f"  {f.filename}:{f.lineno} in {f.name}: {f.line}" for f in frames)]
        link = link.__cause__ or link.__context__
    return lines
