"""Cells that hold several categories: "Comedy|Drama", "red, blue", ["a", "b"], or words of a vocabulary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import chain
from typing import Any

import msgspec
import polars as pl

from lepton_ai.core.ids import BLANKS, as_id
from lepton_ai.data.column_types import Facts
from lepton_ai.data.typed import as_text

Cells = list[tuple[str, ...]]
"""The values of each row."""

_MARKS = {"|": "|", ";": ";", "；": "；", "、": "、", ",": ",", "，": "，", "/": "/"}
_LETTER = r"\p{L}"
_MOST = 10_000


def category_cells(facts: Facts, series: pl.Series) -> tuple[Cells, str] | None:
    """The categories of each row and what was found, in words; None when the column is no category.

    A mark between values counts when taking cells apart leaves fewer different values than there are
    cells, each of them in several rows. A blank must leave half as many: "New York" is one value.
    """
    if facts.dtype == pl.Boolean:
        return _single(series), "is a category of 2 values"
    if facts.share(r"^\s*\[.*\]\s*$") == 1.0:
        lists = _lists(series)
        if lists is not None and _is_vocabulary(lists):
            return lists, f"is a category with several values in a cell, out of {_size(lists):,} (lists)"
    for mark in _MARKS:
        cells = _taken_apart(facts, series, mark)
        if cells is not None:
            return cells, f"is a category with several values in a cell, out of {_size(cells):,} ({mark!r})"
    cells = _words(facts, series)
    if cells is not None:
        return cells, f"is a category with several words in a cell, out of {_size(cells):,}"
    single = _single(series)
    if facts.distinct <= min(_MOST, max(facts.filled // 2, 2)) and facts.mean_chars <= 60:
        return single, f"is a category of {_size(single):,} values"
    return None


def _single(series: pl.Series) -> Cells:
    return [(text,) if text else () for text in (_stripped(value) for value in as_text(series).to_list())]


def _stripped(value: str | None) -> str:
    return (value or "").strip(BLANKS)


def _lists(series: pl.Series) -> Cells | None:
    cells: Cells = []
    for value in series.to_list():
        try:
            given: Any = msgspec.json.decode(value) if _stripped(value) else []
        except msgspec.DecodeError:
            return None
        cells.append(tuple(dict.fromkeys(text for one in given if (text := as_id(one)) is not None)))
    return cells


def _taken_apart(facts: Facts, series: pl.Series, mark: str) -> Cells | None:
    quoted = rf"\{mark}" if mark.isascii() else mark
    if facts.share(quoted) < 0.02:
        return None
    if mark in ",，/" and facts.share(_LETTER) < 0.9:
        return None  # a thousands separator, a decimal comma, a fraction
    cells = _split(series, lambda text: text.split(mark))
    return cells if _is_vocabulary(cells) and _size(cells) < facts.distinct else None


def _words(facts: Facts, series: pl.Series) -> Cells | None:
    if facts.share(r"\S\s+\S") < 0.02 or facts.share(_LETTER) < 0.9 or facts.share(r"(\S+\s+){10}") > 0:
        return None
    cells = _split(series, str.split)
    return cells if _is_vocabulary(cells) and _size(cells) * 2 <= facts.distinct else None


def _split(series: pl.Series, parts: Callable[[str], list[str]]) -> Cells:
    cells: Cells = []
    for value in as_text(series).to_list():
        given = (_stripped(part) for part in parts(value or ""))
        cells.append(tuple(dict.fromkeys(part for part in given if part)))
    return cells


def _is_vocabulary(cells: Cells) -> bool:
    """Whether the values are short and come again: three times each on average, over half in two rows."""
    counts = Counter(chain.from_iterable(cells))
    if not counts or len(counts) > _MOST or max(map(len, counts)) > 60:
        return False
    again = sum(1 for count in counts.values() if count > 1)
    return sum(counts.values()) >= 3 * len(counts) and again * 2 >= len(counts)


def _size(cells: Cells) -> int:
    return len(set(chain.from_iterable(cells)))
