"""How a delimited text file is written: delimiter, quote character, header.

Each pairing of delimiter and quote is tried on the first lines, and judged by the share of lines whose
records have the usual number of cells. Python's own `csv.Sniffer` guesses from character frequencies and
takes letters for delimiters.
"""

from __future__ import annotations

import contextlib
import csv
import re
from collections import Counter
from dataclasses import dataclass

from lepton_ai.data import names
from lepton_ai.data.lines import LINE_LIMIT

DELIMITERS = ("\t", "|", ";", ",")
"""Where two fit equally well, the earlier wins: a decimal comma is commoner than a decimal semicolon."""

NO_DELIMITER = "\x1f"
"""Stands for "one column": the unit separator does not occur in text."""

_WORDS = {"\t": "tab", "|": "pipe", ";": "semicolon", ",": "comma", NO_DELIMITER: "none (one column)"}
_NUMBER = re.compile(r"\s*[-+]?(\d[\d,.:\s+-]*|\.\d+)([eE][-+]?\d+)?%?\s*")
_DATE = re.compile(r"\s*\d{2,4}[-/.年]\d{1,2}[-/.月]\d{1,4}.*")
_SENTENCE = re.compile(r"[.!?。！？]\s*$|[,，。！？；].*[,，。！？；]")


@dataclass(frozen=True)
class Dialect:
    """How a delimited file is written.

    Attributes:
        delimiter: Character between cells; `NO_DELIMITER` for a file of one column.
        quote: Character around cells, doubled inside them; "" when quotes are plain text.
        skip_space: Whether the space after each delimiter belongs to the layout.
        header: Whether the first record names the columns.
        notes: What was decided, in sentences.
    """

    delimiter: str
    quote: str
    skip_space: bool
    header: bool
    notes: tuple[str, ...]

    def reader_settings(self, *, strict: bool) -> dict[str, object]:
        """Arguments for `csv.reader`."""
        return {
            "delimiter": self.delimiter,
            "quotechar": self.quote or None,
            "quoting": csv.QUOTE_MINIMAL if self.quote else csv.QUOTE_NONE,
            "skipinitialspace": self.skip_space,
            "strict": strict and bool(self.quote),
        }


def raise_cell_limit() -> None:
    """Let csv.reader read cells as long as a line. The limit is the process's; it is never lowered."""
    csv.field_size_limit(max(csv.field_size_limit(), LINE_LIMIT))


def detect_dialect(lines: list[str], *, more: bool, expected: str) -> Dialect:
    """The dialect of a file from its first lines.

    Args:
        lines: The first lines, with their ends.
        more: Whether the file goes on; the last record of the sample may then be cut.
        expected: The delimiter that the file's name promises; it decides when nothing else does.
    """
    raise_cell_limit()
    delimiter, quote = _delimiter_and_quote(lines, more=more, expected=expected)
    skip_space = _space_is_layout(lines, delimiter)
    records = _sample_records(lines, Dialect(delimiter, quote, skip_space, True, ()), more=more)
    header, reason = has_header(records) if records else (True, "Header: the first row, though it is blank.")
    found = f"Delimiter: {_WORDS[delimiter]}; quote character: {quote or 'none'}."
    notes = [found, reason]
    if skip_space:
        notes.append("The space after each delimiter is dropped.")
    return Dialect(delimiter, quote, skip_space, header, tuple(notes))


def _delimiter_and_quote(lines: list[str], *, more: bool, expected: str) -> tuple[str, str]:
    best: tuple[float, str, str] = (0.0, NO_DELIMITER, '"')
    for delimiter in DELIMITERS:
        for quote in _quotes(lines, delimiter):
            score = _consistency(lines, delimiter, quote, more=more)
            if score > best[0] + 1e-9:
                best = (score, delimiter, quote)
    if best[0] >= 0.7:
        return best[1], best[2]
    # Nothing is consistent: take the promised delimiter if the first line has it; ragged rows are told.
    if expected in lines[0]:
        return expected, '"'
    return NO_DELIMITER, '"'


def _quotes(lines: list[str], delimiter: str) -> list[str]:
    """Quote characters to try, the usual one first, so that it wins where both fit."""
    mark = re.escape(delimiter)
    single = re.compile(rf"(?:^|{mark})'[^']*'(?={mark}|[\r\n]|$)")
    cells = sum(line.count(delimiter) + 1 for line in lines)
    apostrophes = sum(len(single.findall(line)) for line in lines)
    if apostrophes * 2 > cells:
        return ["'", '"']
    return ['"', ""] if any('"' in line for line in lines) else ['"']


def _consistency(lines: list[str], delimiter: str, quote: str, *, more: bool) -> float:
    """Share of lines in records of the usual width (2 cells or more), less the lines with stray quotes."""
    widths, broken = _measure(lines, Dialect(delimiter, quote, False, True, ()), more=more)
    if not quote:
        # Cells that are wholly in quotes speak against quotes being plain text.
        mark = re.escape(delimiter)
        whole = re.compile(rf'(?:^|{mark})"[^"]*"(?={mark}|[\r\n]|$)')
        broken += sum(1 for line in lines if whole.search(line))
    if not widths:
        return 0.0
    weight: Counter[int] = Counter()
    for width, taken in widths:
        weight[width] += taken
    usual, covered = max(weight.items(), key=lambda item: (item[1], item[0]))
    if usual < 2:
        return 0.0
    share = (covered - broken) / (sum(weight.values()) + broken)
    return share if widths[0][0] == usual else share / 2


def _measure(lines: list[str], dialect: Dialect, *, more: bool) -> tuple[list[tuple[int, int]], int]:
    """(cells, lines) of each record, and the number of lines with stray quotes."""
    reader = csv.reader(iter(lines), **dialect.reader_settings(strict=True))  # type: ignore[arg-type]
    widths: list[tuple[int, int]] = []
    broken = before = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error:
            broken += 0 if more and reader.line_num == len(lines) else reader.line_num - before
        else:
            if any(cells):
                widths.append((len(cells), reader.line_num - before))
        before = reader.line_num
    return (widths[:-1] if more and len(widths) > 1 else widths), broken


def _sample_records(lines: list[str], dialect: Dialect, *, more: bool) -> list[list[str]]:
    reader = csv.reader(iter(lines), **dialect.reader_settings(strict=False))  # type: ignore[arg-type]
    records: list[list[str]] = []
    with contextlib.suppress(csv.Error):  # a cell beyond all limits: the reader of the rows tells which
        records.extend(cells for cells in reader if any(cells))
    return records[:-1] if more and len(records) > 1 else records


def _space_is_layout(lines: list[str], delimiter: str) -> bool:
    if delimiter in {NO_DELIMITER, "\t"}:
        return False
    full = [line for line in lines if line.strip()]
    spaced = sum(line.count(delimiter + " ") for line in full)
    return len(full) >= 5 and spaced > 0 and spaced == sum(line.count(delimiter) for line in full)


def has_header(records: list[list[str]]) -> tuple[bool, str]:
    """Whether the first record names the columns, and why."""
    first, rest = records[0], records[1:201]
    named = [cell.strip() for cell in first if cell.strip()]
    if not named:
        return False, "No header: the first row is blank."
    hinted = [cell for cell in named if _is_hint(cell)]
    values = [cell for cell in named if _NUMBER.fullmatch(cell) or _DATE.fullmatch(cell)]
    if values and not hinted:
        return False, f"No header: the first row holds the value {values[0]!r}. Columns are numbered."
    repeated = _repeated(first, rest)
    joined_files = first in rest and bool(hinted) and len(first) > 1
    if repeated is not None and len(hinted) < len(named) and not joined_files:
        return False, f"No header: {repeated!r} of the first row comes again below it. Columns are numbered."
    if hinted:
        return True, f"Header: the first row names the columns ({hinted[0]!r})."
    sentences = [cell for cell in named if len(cell) > 100 or _SENTENCE.search(cell)]
    if sentences:
        return False, "No header: the first row holds a whole sentence. Columns are numbered."
    return True, "Header: the first row looks like names."


def _is_hint(cell: str) -> bool:
    """Whether a cell is a usual column name; one of several words must be one as a whole."""
    limit = 1000 if " " in cell else 3000
    if not cell.isascii():
        limit = 2000
    if len(cell) > (40 if cell.isascii() else 6):
        return False
    tables = (names.TEXT, names.LABEL, names.IDENTIFIER, names.TIME, names.SPLIT)
    ranks = [names.hint_rank(cell, table) for table in tables]
    return any(rank is not None and rank < limit for rank in ranks)


def _repeated(first: list[str], rest: list[list[str]]) -> str | None:
    for place, cell in enumerate(first):
        if cell and any(place < len(record) and record[place] == cell for record in rest):
            return cell
    return None
