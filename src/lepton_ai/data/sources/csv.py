"""Delimited text: comma, semicolon, tab or pipe, as found.

Cells stay text exactly as they are in the file ("00123" and "1.10" are not numbers that lost a digit);
the schema says which columns mean numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

import polars as pl

from lepton_ai.core.errors import DataError
from lepton_ai.data.columns import text_series, unique_names
from lepton_ai.data.dialect import NO_DELIMITER, detect_dialect
from lepton_ai.data.encoding import detect_encoding
from lepton_ai.data.lines import iterate_lines, read_sample
from lepton_ai.data.origin import Origin
from lepton_ai.data.records import Cells, RecordReader
from lepton_ai.data.sources.base import FileSource

SAMPLE = 1 << 18
"""Characters that the dialect is decided on."""

_BATCH_CHARACTERS = 32 << 20
_MAX_COLUMNS = 10_000


class CsvSource(FileSource):
    """Rows of a .csv or .txt file."""

    name: ClassVar[str] = "csv"
    accepts = frozenset({"encoding"})
    expected: ClassVar[str] = ","
    """The delimiter that the format's name promises."""

    def _describe(self) -> Origin:
        self._reader: RecordReader | None = None
        location = str(self.data.path)
        self.encoding = detect_encoding(self.data.open, requested=self.options.encoding, location=location)
        lines, more = read_sample(self.data, self.encoding, size=SAMPLE)
        if lines:
            lines[0] = lines[0].removeprefix("\ufeff")
        if not any(line.strip() for line in lines):
            raise DataError(
                f"{location} holds nothing but blank lines.", hint="Write a header and rows to it."
            )
        # A .txt file promises no delimiter: prose with commas in it is one column.
        expected = NO_DELIMITER if self.data.inner.lower().endswith(".txt") else self.expected
        self.dialect = detect_dialect(lines, more=more, expected=expected)
        self.columns, renamed = self._columns()
        delimiter = "" if self.dialect.delimiter == NO_DELIMITER else self.dialect.delimiter
        notes = (self.encoding.note, *self.dialect.notes, *renamed)
        return self._origin(encoding=self.encoding.codec, delimiter=delimiter, notes=notes)

    def _columns(self) -> tuple[list[str], list[str]]:
        first = next(self._records(), None)
        if first is None:
            raise DataError(f"{self.data.path} holds no rows.", hint="Write a header and rows to it.")
        if len(first) > _MAX_COLUMNS:
            raise DataError(
                f"The first row of {self.data.path} has {len(first):,} cells; {_MAX_COLUMNS:,} is the most.",
                hint="Check that rows, not columns, hold the examples.",
            )
        if self.dialect.header:
            return unique_names(first)
        return [f"column_{place}" for place in range(1, len(first) + 1)], []

    def _records(self) -> RecordReader:
        lines = iterate_lines(self.data, self.encoding)
        return RecordReader(_without_mark(lines), dialect=self.dialect, location=str(self.data.path))

    def _batches(self, rows: int) -> Iterator[pl.DataFrame]:
        reader = self._reader = self._records()
        if self.dialect.header:
            next(reader, None)
        gathered: list[Cells] = []
        enough = _BATCH_CHARACTERS
        for cells in reader:
            gathered.append(cells)
            if len(gathered) >= rows or reader.characters >= enough:
                yield self._frame(gathered)
                gathered, enough = [], reader.characters + _BATCH_CHARACTERS
        if gathered:
            yield self._frame(gathered)

    def _frame(self, rows: Sequence[Cells]) -> pl.DataFrame:
        columns = zip(*rows, strict=True)
        return pl.DataFrame(
            [text_series(name, values) for name, values in zip(self.columns, columns, strict=True)]
        )

    def _late_notes(self) -> list[str]:
        return self._reader.notes() if self._reader else []


def _without_mark(lines: Iterator[str]) -> Iterator[str]:
    for first in lines:
        yield first.removeprefix("\ufeff")
        yield from lines
