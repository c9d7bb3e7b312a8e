"""A column of identifiers as canonical text: what `core.ids.as_id` does, for whole columns."""

from __future__ import annotations

import polars as pl

from lepton_ai.core.errors import DataError
from lepton_ai.core.ids import BLANKS, as_id

_EXACT = 2**53
_WRITTEN_DECIMAL = r"^(0|-?[1-9]\d*)\.0$"


def canonical_ids(series: pl.Series) -> tuple[pl.Series, str | None]:
    """Identifiers as text, missing where a cell identifies nothing, and what was put right, in words.

    A text column in which every cell is a whole number written with ".0" (what programs make of whole
    numbers beside empty cells) loses the ".0", so that it meets the file that has the plain numbers.

    Raises:
        DataError: The column holds booleans or dates, which identify nothing.
    """
    if series.dtype == pl.String:
        return _of_text(series)
    if series.dtype.is_integer() or series.dtype == pl.Null:
        return series.cast(pl.String), None
    if series.dtype.is_float():
        return _of_decimals(series), None
    kind = "true and false" if series.dtype == pl.Boolean else "dates or times"
    raise DataError(
        f"Column {series.name!r} holds {kind}, which name nobody and nothing.",
        hint="Name the column of identifiers.",
    )


def _of_text(series: pl.Series) -> tuple[pl.Series, str | None]:
    text = series.str.strip_chars(BLANKS)
    text = text.set(text == "", None)
    filled = text.drop_nulls()
    if filled.len() and filled[0].endswith(".0") and filled.str.contains(_WRITTEN_DECIMAL).all():
        return text.str.head(-2), f"{series.name!r} holds whole numbers written with .0, which is left out."
    return text, None


def _of_decimals(series: pl.Series) -> pl.Series:
    numbers = series.cast(pl.Float64).fill_nan(None)
    numbers = numbers.set(numbers.is_infinite(), None)
    if ((numbers == numbers.floor()) & (numbers.abs() <= _EXACT)).all():
        return numbers.cast(pl.Int64).cast(pl.String)
    different = numbers.drop_nulls().unique()
    written = {value: as_id(value) for value in different.to_list()}
    return numbers.replace_strict(written, default=None, return_dtype=pl.String)
