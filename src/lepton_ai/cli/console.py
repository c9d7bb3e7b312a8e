"""Where a verb's words go: people read the terminal, scripts read JSON."""

from __future__ import annotations

import contextlib
import json as json_library
import sys
from collections.abc import Iterator
from typing import Any

from lepton_ai.cli.progress import LineProgress, TerminalProgress
from lepton_ai.core.progress import Progress


class Console:
    """The output of one command.

    Without `json`, what a verb has to tell goes to standard output. With it, standard output holds exactly
    one JSON value and everything for people goes to standard error. Progress and notes always go to
    standard error, so that a redirected result holds the result alone.
    """

    def __init__(self, *, json: bool = False) -> None:
        self.json = json

    def say(self, text: str = "") -> None:
        """Tell a part of the result to a person."""
        print(text, file=sys.stderr if self.json else sys.stdout, flush=True)

    def heading(self, text: str) -> None:
        """Begin a new part of the result."""
        self.say(f"\n{text}\n{'-' * len(text)}")

    def note(self, text: str) -> None:
        """Tell something about the work that is not its result."""
        print(text, file=sys.stderr, flush=True)

    def result(self, value: Any) -> None:
        """Print the machine's result; does nothing unless `json` was asked for."""
        if self.json:
            print(json_library.dumps(value, ensure_ascii=False, indent=2, default=str), flush=True)

    def error(self, code: str, message: str, hint: str | None) -> None:
        """Tell why the command failed."""
        self.note(f"Error: {message}")
        if hint:
            self.note(f"  {hint}")
        self.result({"error": {"code": code, "message": message, "hint": hint}})

    @contextlib.contextmanager
    def progress(self) -> Iterator[Progress]:
        """Progress for the length of a `with` block: bars on a terminal, plain lines elsewhere."""
        made = TerminalProgress() if sys.stderr.isatty() else LineProgress(sys.stderr)
        try:
            yield made
        finally:
            made.close()
