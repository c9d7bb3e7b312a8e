"""Answers as lines of a file, which appears whole or not at all."""

from __future__ import annotations

import contextlib
import csv
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol, TextIO

from lepton_ai.core.errors import UsageError
from lepton_ai.core.types import JSON


class Writer(Protocol):
    """Writes one answer, or the reason why there is none."""

    def write(self, row: JSON) -> None:
        """Write one line."""


class JsonLines:
    """One JSON object a line."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, row: JSON) -> None:
        """Write one object."""
        self._file.write(json.dumps(row, ensure_ascii=False, default=str) + "\n")


class Csv:
    """One line a row, with the plain fields of the answers as columns.

    Args:
        file: Where the lines go.
        fields: The columns.
    """

    def __init__(self, file: TextIO, *, fields: Sequence[str]) -> None:
        self._writer = csv.DictWriter(file, fields, extrasaction="ignore", lineterminator="\n")
        self._writer.writeheader()

    def write(self, row: JSON) -> None:
        """Write one line."""
        self._writer.writerow(row)


def check_ending(out: Path, known: Sequence[str]) -> None:
    """Refuse a file whose ending stands for no format that answers are written in."""
    if out.suffix not in known:
        raise UsageError(
            f"Answers cannot be written as {out.suffix or 'a file without an ending'!r}.",
            hint=f"Known endings: {', '.join(known)}.",
        )


@contextlib.contextmanager
def whole_file(out: Path) -> Iterator[TextIO]:
    """A text file that appears under its name when the block ends well; until then it is "<name>.part"."""
    part = out.with_name(out.name + ".part")
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            yield file
        part.replace(out)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
