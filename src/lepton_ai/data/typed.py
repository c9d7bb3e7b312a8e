"""Text cells as the values they mean: numbers, times, booleans. A cell that means none is missing."""

from __future__ import annotations

import polars as pl

NUMBER = r"^\s*[+-]?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?\s*$|^\s*[+-]?0?\.\d+\s*$"
"""A number: no leading zeros, which mean a code and not a count."""

_TIME = (
    r"^\s*(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
    r"(?:[T\s]\s*(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.\d+)?)?)?\s*(?:Z|UTC|[+-]\d{2}:?\d{2})?\s*$"
)
_TRUE = {"true", "yes", "y", "t", "是", "1"}
_FALSE = {"false", "no", "n", "f", "否", "0"}
_BOOLEAN_PAIRS = ({"true", "false"}, {"yes", "no"}, {"y", "n"}, {"t", "f"}, {"是", "否"}, {"1", "0"})


def as_text(series: pl.Series) -> pl.Series:
    """Cells as text; floats that are whole lose their ".0", so that a class 1.0 is the class 1."""
    if series.dtype == pl.String:
        return series
    if series.dtype.is_float():
        whole = series.is_null() | (series == series.round()) & (series.abs() < 2**53)
        if whole.all():
            return series.cast(pl.Int64).cast(pl.String)
    return series.cast(pl.String)


def as_numbers(series: pl.Series) -> pl.Series:
    """Cells as Float64."""
    if series.dtype.is_numeric() or series.dtype == pl.Boolean:
        return series.cast(pl.Float64).fill_nan(None)
    if series.dtype != pl.String:
        return pl.Series(series.name, [None] * series.len(), dtype=pl.Float64)
    text = series.str.strip_chars()
    fits = text.str.contains(NUMBER).fill_null(value=False)
    return pl.select(pl.when(fits).then(text)).to_series().cast(pl.Float64, strict=False).alias(series.name)


def as_times(series: pl.Series) -> pl.Series:
    """Cells as times without zone: dates, ISO-like and Chinese text, seconds or milliseconds since 1970."""
    if series.dtype in (pl.Date, pl.Datetime):
        zoned = isinstance(series.dtype, pl.Datetime) and series.dtype.time_zone
        plain = series.dt.convert_time_zone("UTC").dt.replace_time_zone(None) if zoned else series
        return plain.cast(pl.Datetime("us"))
    if series.dtype.is_numeric() or (numbers := as_numbers(series)).null_count() < series.len():
        numbers = as_numbers(series)
        seconds = pl.select(pl.when(numbers.abs() > 1e11).then(numbers / 1000).otherwise(numbers)).to_series()
        return (
            (seconds.clip(-6e10, 2.5e11) * 1_000_000)
            .cast(pl.Int64)
            .cast(pl.Datetime("us"))
            .alias(series.name)
        )
    if series.dtype != pl.String:
        return pl.Series(series.name, [None] * series.len(), dtype=pl.Datetime("us"))
    parts = series.str.extract_groups(_TIME).struct.unnest()
    names = parts.columns
    padded = [pl.col(names[0])] + [pl.col(name).fill_null("0").str.zfill(2) for name in names[1:]]
    joined = parts.select(pl.format("{}-{}-{} {}:{}:{}", *padded)).to_series()
    return joined.str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False, time_unit="us").alias(series.name)


def is_boolean_pair(values: set[str]) -> bool:
    """Whether two values are a yes and a no."""
    return {value.strip().casefold() for value in values} in _BOOLEAN_PAIRS


def as_booleans(series: pl.Series) -> pl.Series:
    """Cells as booleans."""
    if series.dtype == pl.Boolean:
        return series
    words = as_text(series).str.strip_chars().str.to_lowercase()
    known = pl.when(words.is_in(_TRUE)).then(True).when(words.is_in(_FALSE)).then(False)
    return pl.select(known).to_series().alias(series.name)
