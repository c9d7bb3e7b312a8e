"""Rows of Python values as typed columns, and foreign column types as plain ones.

A column's type is decided on all of its values, never on the first few: integers and decimals mix to
decimals, everything else that mixes becomes text.
"""

from __future__ import annotations

import datetime as dt
import decimal
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
import polars as pl

_KINDS: dict[type, str] = {
    bool: "boolean",
    int: "integer",
    float: "float",
    decimal.Decimal: "float",
    str: "text",
    dt.datetime: "datetime",
    dt.date: "date",
    list: "nested",
    tuple: "nested",
    dict: "nested",
}
_INT64 = 1 << 63


class ColumnTypes:
    """Gathers the kinds of values of each column, over any number of rows."""

    def __init__(self) -> None:
        self.kinds: dict[str, set[str]] = {}

    def observe(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Look at more rows. A key that appears for the first time is a new column."""
        kinds = self.kinds
        for row in rows:
            for name, value in row.items():
                seen = kinds.get(name)
                if seen is None:
                    seen = kinds.setdefault(name, set())
                if value is not None:
                    seen.add(kind_of(value))

    def frame(self, rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
        """A frame of `rows` in the types gathered; a missing key is a missing cell."""
        return pl.DataFrame(
            [series_of(name, [row.get(name) for row in rows], kinds) for name, kinds in self.kinds.items()]
        )

    def notes(self) -> list[str]:
        """Which columns could not keep a type of their own."""
        lines = []
        for name, kinds in self.kinds.items():
            if kinds == {"nested"}:
                lines.append(f"Column {name!r} holds lists or objects; they are kept as JSON text.")
            elif len(kinds) > 1 and not kinds <= {"integer", "float"}:
                lines.append(
                    f"Column {name!r} mixes {' and '.join(sorted(kinds))} values; all are kept as text."
                )
        return lines


def kind_of(value: Any) -> str:
    """The kind of one value that is not None."""
    kind = _KINDS.get(type(value))
    if kind is None:
        item = getattr(value, "item", None)
        if callable(item) and type(value).__module__ == "numpy":
            return kind_of(item()) if getattr(value, "ndim", 0) == 0 else "nested"
        kind = next((name for base, name in _KINDS.items() if isinstance(value, base)), "other")
    if kind == "integer" and not -_INT64 <= value < _INT64:
        return "large integer"
    if kind == "datetime" and value.tzinfo is not None:
        return "datetime with zone"
    return kind


_DTYPES: dict[str, Any] = {
    "boolean": pl.Boolean(),
    "integer": pl.Int64(),
    "float": pl.Float64(),
    "date": pl.Date(),
    "datetime": pl.Datetime("us"),
}


def series_of(name: str, values: Sequence[Any], kinds: set[str]) -> pl.Series:
    """One column of `values` in the type that `kinds` resolve to."""
    if len(kinds) == 1 and (only := next(iter(kinds))) in _DTYPES:
        if only == "float":
            values = [None if value is None or value != value else float(value) for value in values]  # noqa: PLR0124
        return pl.Series(name, values, dtype=_DTYPES[only], strict=False)
    if kinds == {"integer", "float"}:
        decimals = [None if value is None or value != value else float(value) for value in values]  # noqa: PLR0124
        return pl.Series(name, decimals, dtype=pl.Float64())
    return text_series(name, values if kinds == {"text"} else [_as_text(value) for value in values])


def text_series(name: str, values: Sequence[Any]) -> pl.Series:
    """A text column; a lone surrogate, which is no character, becomes the replacement character."""
    try:
        return pl.Series(name, values, dtype=pl.String())
    except UnicodeEncodeError:
        clean = [None if value is None else _without_surrogates(str(value)) for value in values]
        return pl.Series(name, clean, dtype=pl.String())


def _without_surrogates(text: str) -> str:
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _as_text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple | dict):
        return msgspec.json.encode(value, enc_hook=str).decode()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value)


def plain_frame(frame: pl.DataFrame) -> tuple[pl.DataFrame, list[str]]:
    """A frame of text, whole numbers, decimals, booleans, dates and datetimes only, and what was changed.

    Categories become text, decimals of fixed point become floats, NaN becomes missing, lists and structs
    become JSON text, bytes become text where they are UTF-8 and are left out where not.
    """
    notes: list[str] = []
    columns: list[pl.Series] = []
    for series in frame.get_columns():
        column = _plain(series, notes)
        if column is not None:
            columns.append(column)
    return pl.DataFrame(columns), notes


def _plain(series: pl.Series, notes: list[str]) -> pl.Series | None:
    kind = series.dtype
    if kind in (pl.String, pl.Boolean, pl.Date, pl.Datetime) or kind.is_integer():
        return series
    if kind.is_float() or kind.is_decimal():
        return series.cast(pl.Float64).fill_nan(None)
    if kind == pl.Object:
        return text_series(series.name, [_as_text(value) for value in series.to_list()])
    if kind.is_nested():
        notes.append(f"Column {series.name!r} holds lists or objects; they are kept as JSON text.")
        return text_series(series.name, [_as_text(_plain_value(value)) for value in series.to_list()])
    if kind == pl.Binary:
        return _decoded(series, notes)
    return series.cast(pl.String)


def _plain_value(value: Any) -> Any:
    return value.to_list() if isinstance(value, pl.Series) else value


def _decoded(series: pl.Series, notes: list[str]) -> pl.Series | None:
    try:
        return series.cast(pl.String, strict=True)
    except pl.exceptions.PolarsError:
        notes.append(f"Column {series.name!r} holds bytes that are not text; it is left out.")
        return None


def unique_names(raw: Sequence[str | None]) -> tuple[list[str], list[str]]:
    """Column names without blanks and repeats, and what was changed."""
    notes: list[str] = []
    taken = {name.strip() for name in raw if name and name.strip()}
    result: list[str] = []
    used: set[str] = set()
    for place, given in enumerate(raw, start=1):
        name = (given or "").strip()
        if name and name not in used:
            chosen = name
        else:
            chosen = _free(name or f"column_{place}", taken | used, start=1 if not name else 2)
            notes.append(
                f"Column {place} is a second {name!r}; it is called {chosen!r}."
                if name
                else f"Column {place} has no name; it is called {chosen!r}."
            )
        used.add(chosen)
        result.append(chosen)
    return result, notes


def _free(stem: str, taken: set[str], *, start: int) -> str:
    if start == 1 and stem not in taken:
        return stem
    number = 2
    while f"{stem}_{number}" in taken:
        number += 1
    return f"{stem}_{number}"
