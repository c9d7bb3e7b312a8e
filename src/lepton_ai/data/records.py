"""Records of a delimited file: cells in, ragged rows told, a blank cell kept apart from a missing one."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator

from lepton_ai.core.errors import DataError
from lepton_ai.data.dialect import Dialect, raise_cell_limit

Cells = list[str | None]


class RecordReader:
    """Reads the records of a delimited file one by one.

    An empty cell is None; an empty cell in quotes is "". What was put right on the way (short rows,
    blank lines, stray quotes) is counted and told by `notes`.

    Attributes:
        characters: How many were read so far.

    Args:
        lines: Lines with their ends.
        dialect: How the file is written.
        location: The file's name for errors.
    """

    def __init__(self, lines: Iterator[str], *, dialect: Dialect, location: str) -> None:
        raise_cell_limit()
        self.characters = 0
        self._taken: list[str] = []
        self._location = location
        self._dialect = dialect
        settings = dialect.reader_settings(strict=True)
        self._reader = csv.reader(self._tapped(lines), **settings)  # type: ignore[arg-type]
        mark = re.escape(dialect.delimiter)
        quote = re.escape(dialect.quote or "\0")
        space = " *" if dialect.skip_space else ""
        self._blank = re.compile(rf"(?:^|{mark}){space}{quote}{quote}(?:{mark}|[\r\n]|$)")
        self._row = 0
        self._width: int | None = None
        self._told: dict[str, list[int]] = {}

    def _tapped(self, lines: Iterator[str]) -> Iterator[str]:
        for line in lines:
            self._taken.append(line)
            self.characters += len(line)
            yield line

    def __iter__(self) -> Iterator[Cells]:
        return self

    def __next__(self) -> Cells:
        cells = self._next_filled()
        if self._width is None:
            self._width = len(cells)
            self._row = 0 if self._dialect.header else 1
            return cells
        self._row += 1
        return cells if len(cells) == self._width else self._fitted(cells, self._width)

    def _next_filled(self) -> Cells:
        """The next record that is not a blank line; in a file of one column such a line is a missing cell."""
        while True:
            self._taken.clear()
            cells = self._next_cells()
            blank_line = not cells or (
                len(cells) == 1 and self._width not in {None, 1} and not (cells[0] or "").strip()
            )
            if not blank_line:
                return cells
            if self._width == 1:
                return [None]
            if self._width is not None:
                self._tell("a blank line comes after the row and was passed over")

    def _next_cells(self) -> Cells:
        try:
            found = next(self._reader)
        except csv.Error as error:
            return self._repaired(error)
        if "" not in found:
            return found  # type: ignore[return-value]
        quoted = self._quoted_blanks() if self._dialect.quote else set()
        return [None if not cell and place not in quoted else cell for place, cell in enumerate(found)]

    def _quoted_blanks(self) -> set[int]:
        """Positions of cells written as two quotes; csv.reader does not tell them from empty ones."""
        raw = self._taken[0] if len(self._taken) == 1 else "".join(self._taken)
        if not self._blank.search(raw):
            return set()
        return {place for place, (_, quoted) in enumerate(split_record(raw, self._dialect)) if quoted}

    def _repaired(self, error: csv.Error) -> Cells:
        """The cells of a line with text after a closing quote: its quotes are taken as plain text."""
        if len(self._taken) != 1 or "expected after" not in str(error):
            raise DataError(
                f"The record at data row {self._row + 1} (line {self._reader.line_num}) of {self._location} "
                f"cannot be read: {error}.",
                hint="A quote is opened and never closed, or not doubled within a quoted cell. Write it so: "
                '"He said ""no""".',
            )
        cells = split_record(self._taken[0], self._dialect)
        self._tell("a quote is followed by more text and was kept as it is")
        return [cell if cell or quoted else None for cell, quoted in cells]

    def _fitted(self, cells: Cells, width: int) -> Cells:
        if len(cells) < width:
            self._tell("the row is short and was filled with missing cells")
            return cells + [None] * (width - len(cells))
        if not any(cells[width:]):
            self._tell("the row ends in empty cells beyond the last column, which were dropped")
            return cells[:width]
        raise DataError(
            f"Data row {self._row} (line {self._reader.line_num}) of {self._location} has {len(cells)} cells "
            f"where the first row has {width}.",
            hint="A delimiter inside a cell must be in quotes, or the row belongs to another table.",
        )

    def _tell(self, what: str) -> None:
        self._told.setdefault(what, []).append(self._row)

    def notes(self) -> list[str]:
        """What was put right so far, with counts and the first data rows."""
        lines = []
        for what, rows in self._told.items():
            shown = ", ".join(map(str, rows[:5])) + (", ..." if len(rows) > 5 else "")
            lines.append(f"{len(rows):,} time(s) {what} (data row {shown}).")
        return lines


def split_record(raw: str, dialect: Dialect) -> list[tuple[str, bool]]:
    """The cells of one record, each with whether it was in quotes. Exact, and slower than csv.reader.

    A cell whose closing quote is followed by more text is not a quoted one: it is taken as it stands.
    """
    text = raw.removesuffix("\n").removesuffix("\r")
    mark, quote = re.escape(dialect.delimiter), re.escape(dialect.quote)
    space = " *" if dialect.skip_space else ""
    cell = re.compile(
        rf"{space}(?:{quote}((?:[^{quote}]|{quote}{quote})*+){quote}(?={mark}|\Z)|([^{mark}]*))"
    )
    cells: list[tuple[str, bool]] = []
    place = 0
    while True:
        match = cell.match(text, place)
        assert match is not None  # noqa: S101 - the second branch matches anything
        inside = match.group(1)
        plain = inside is None
        cells.append(
            (match.group(2), False) if plain else (inside.replace(dialect.quote * 2, dialect.quote), True)
        )
        place = match.end() + 1
        if place > len(text):
            return cells
