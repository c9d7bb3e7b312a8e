"""How long work tells whoever started it how far it has come."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Receives the steps of a longer piece of work.

    `stage` opens a named stage of `total` steps (0 when unknown), `advance` counts steps of it and may
    carry a short note (the latest loss, say), `note` tells one plain line.
    """

    def stage(self, name: str, total: int = 0) -> None:
        """Open a stage; the stage before it is finished."""

    def advance(self, steps: int = 1, note: str = "") -> None:
        """Count `steps` of the open stage."""

    def note(self, line: str) -> None:
        """Tell one line."""


class Silent:
    """A `Progress` that tells nobody."""

    def stage(self, name: str, total: int = 0) -> None:
        """Ignore the stage."""

    def advance(self, steps: int = 1, note: str = "") -> None:
        """Ignore the steps."""

    def note(self, line: str) -> None:
        """Ignore the line."""
