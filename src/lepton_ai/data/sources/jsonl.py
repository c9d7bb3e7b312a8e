"""One JSON object a line.

The file is read twice: once for the type of every column, and once for the rows, so that a value late in
the file cannot change a type half way.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from typing import Any, ClassVar

import msgspec
import polars as pl

from lepton_ai.core.errors import DataError
from lepton_ai.data.columns import ColumnTypes
from lepton_ai.data.encoding import detect_encoding
from lepton_ai.data.lines import iterate_lines
from lepton_ai.data.origin import Origin
from lepton_ai.data.sources.base import FileSource

_SCAN_ROWS = 1_000
_BATCH_CHARACTERS = 32 << 20
_decode = msgspec.json.Decoder().decode


class JsonLinesSource(FileSource):
    """Rows of a .jsonl file."""

    name: ClassVar[str] = "jsonl"
    accepts = frozenset({"encoding"})

    def _describe(self) -> Origin:
        location = str(self.data.path)
        self.encoding = detect_encoding(self.data.open, requested=self.options.encoding, location=location)
        self.types = ColumnTypes()
        rows = self._rows()
        while part := [row for row, _ in itertools.islice(rows, _SCAN_ROWS)]:
            self.types.observe(part)
        if not self.types.kinds:
            raise DataError(
                f"{location} holds no rows with fields.", hint='Write lines like {"text": "..."}.'
            )
        notes = (self.encoding.note, *self.types.notes())
        return self._origin(encoding=self.encoding.codec, notes=notes)

    def _rows(self) -> Iterator[tuple[dict[str, Any], int]]:
        """Each object with the length of its line."""
        for number, line in enumerate(iterate_lines(self.data, self.encoding), start=1):
            if content := line.strip().lstrip("\ufeff"):
                yield parse_object(content, f"line {number} of {self.data.path}"), len(line)

    def _batches(self, rows: int) -> Iterator[pl.DataFrame]:
        gathered: list[dict[str, Any]] = []
        size = 0
        for row, length in self._rows():
            gathered.append(row)
            size += length
            if len(gathered) >= rows or size >= _BATCH_CHARACTERS:
                yield self.types.frame(gathered)
                gathered, size = [], 0
        if gathered:
            yield self.types.frame(gathered)


def parse_object(text: str, where: str) -> dict[str, Any]:
    """The JSON object in `text`.

    Raises:
        DataError: It is not JSON, or not an object; `where` says which line.
    """
    value = parse_json(text, where)
    if not isinstance(value, dict):
        raise DataError(
            f"A {type(value).__name__} stands at {where} where an object was expected.",
            hint='Write one object a line: {"text": "...", "label": "..."}.',
        )
    return value


def parse_json(text: str, where: str) -> Any:
    """The JSON value in `text`. NaN and Infinity, which Python and pandas write, are read too."""
    try:
        return _decode(text)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        pass  # the slower parser below reads more, and says at which line and column it failed
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        at = f"line {error.lineno}, column {error.colno}" if "\n" in text.strip() else f"column {error.colno}"
        raise DataError(
            f"The JSON at {where} is broken: {error.msg} ({at}).",
            hint="Check for a missing quote, comma or bracket.",
        ) from error
    except (RecursionError, ValueError) as error:
        raise DataError(
            f"The JSON at {where} cannot be read: {error}.", hint="It may be nested too deeply."
        ) from error
