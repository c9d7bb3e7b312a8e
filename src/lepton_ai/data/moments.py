"""Moments from what people write: epochs in any unit, ISO-like text with zones, dates.

`typed.as_times` guesses cell by cell and leaves the zone out, which is enough to profile a column. Events
are put in order by their times, so here a column is judged as a whole, zones count, and what cannot be
read is told by row.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lepton_ai.core.ids import BLANKS
from lepton_ai.data.typed import as_numbers

_UNITS = (
    ("seconds", 1e11, 1e3),
    ("milliseconds", 1e14, 1.0),
    ("microseconds", 1e17, 1e-3),
    ("nanoseconds", 1e20, 1e-6),
)
"""Name, bound of the numbers (the year 5138 in each unit), and milliseconds in one."""

_EARLY, _LATE = 315_532_800_000, 4_102_444_800_000
"""1980 and 2100 in milliseconds: numbers of different units are told apart only between the two."""

_DIGITS = (("%Y%m%d", 8), ("%Y%m%d%H%M%S", 14))
_MOST = 9e18
_LAYOUT = (
    r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
    r"(?:[Tt\s]\s*(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,](\d{1,9}))?)?)?\s*(Z|z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?$"
)
_PLAIN = r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:[0-5]\d:[0-5]\d"
_CLOCK = 19
"""Characters of `_PLAIN`."""
_PARTS = ("year", "month", "day", "hour", "minute", "second", "fraction", "zone")


@dataclass(frozen=True, eq=False)
class Moments:
    """The cells of a column as moments.

    Attributes:
        values: Int64, milliseconds since 1970 in UTC; missing where the cell is missing or unreadable.
        unreadable: Shape [rows]: whether the cell holds something that is no moment.
        notes: How the cells were read, in words.
    """

    values: pl.Series
    unreadable: NDArray[np.bool_]
    notes: tuple[str, ...]


def moments(series: pl.Series) -> Moments:
    """The moments of a column: dates, times, numbers since 1970 in any unit, or text of any of these.

    Times without a zone are taken as UTC. Numbers that are too small to be moments (steps, days of a study)
    keep their order and are taken as seconds.
    """
    if series.dtype in (pl.Date, pl.Datetime):
        return Moments(_of_datetimes(series), np.zeros(series.len(), np.bool_), ())
    if series.dtype.is_numeric():
        given = as_numbers(series)
        values, notes = _of_numbers(given)
        return Moments(values, (values.is_null() & given.is_not_null()).to_numpy(), tuple(notes))
    if series.dtype != pl.String:
        nothing = pl.Series(series.name, [None] * series.len(), dtype=pl.Int64)
        return Moments(nothing, series.is_not_null().to_numpy(), ())
    return _of_text(series)


def moment_text(milliseconds: int) -> str:
    """A moment for people and for JSON: "1998-04-22T23:10:38Z"; the number where no calendar reaches."""
    try:
        return datetime.fromtimestamp(milliseconds // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        return str(milliseconds)


def _of_datetimes(series: pl.Series) -> pl.Series:
    if isinstance(series.dtype, pl.Datetime) and series.dtype.time_zone:
        series = series.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    return series.cast(pl.Datetime("ms")).cast(pl.Int64)


def _of_text(series: pl.Series) -> Moments:
    text = series.str.strip_chars(BLANKS)
    filled = (text != "").fill_null(value=False)
    numbers = as_numbers(text)
    values, notes = _of_numbers(numbers)
    rest = (filled & numbers.is_null()).arg_true()
    if rest.len():
        written = text.gather(rest)
        parsed, naive = (_of_plain if written.str.contains(_PLAIN).all() else _of_layouts)(written)
        values = values.scatter(rest, parsed)
        read = parsed.len() - parsed.null_count()
        if notes and read:
            notes.append(f"{read:,} cells written as dates")
        if naive:
            notes.append(f"times without a zone are taken as UTC ({naive:,} cells)")
    unreadable = (filled & values.is_null()).to_numpy()
    return Moments(values.alias(series.name), unreadable, tuple(notes))


def _of_plain(text: pl.Series) -> tuple[pl.Series, int]:
    """`_of_layouts` for the commonest layout, several times faster: what follows the seconds is read once."""
    moment = text.str.head(_CLOCK).str.replace("T", " ", literal=True)
    whole = moment.str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False, time_unit="ms").cast(pl.Int64)
    tails = text.str.slice(_CLOCK)
    different = tails.unique()
    added = _of_layouts("1970-01-01 00:00:00" + different)[0]
    value = whole + tails.replace_strict(different, added, return_dtype=pl.Int64)
    return value, int((value.is_not_null() & (tails.str.contains(r"^(?:[.,]\d+)?$"))).sum())


def _of_layouts(text: pl.Series) -> tuple[pl.Series, int]:
    """Milliseconds of texts such as "2026-01-31T18:30:00.5+08:00", and how many have a time but no zone."""
    parts = text.str.extract_groups(_LAYOUT).struct.unnest()
    parts.columns = list(_PARTS)
    number = {name: pl.col(name).cast(pl.Int32, strict=False).fill_null(0) for name in _PARTS[3:6]}
    fraction = pl.col("fraction").str.pad_end(9, "0").str.slice(0, 3).cast(pl.Int64).fill_null(0)
    zone = pl.col("zone").str.replace_all("[:A-Za-z]", "").replace("", None).str.pad_end(5, "0")
    minutes = zone.str.slice(1, 2).cast(pl.Int64) * 60 + zone.str.slice(3, 2).cast(pl.Int64)
    offset = pl.when(zone.str.starts_with("-")).then(-minutes).otherwise(minutes).fill_null(0)
    date = pl.concat_str(
        pl.col("year"), pl.col("month").str.zfill(2), pl.col("day").str.zfill(2), separator="-"
    ).str.to_date("%Y-%m-%d", strict=False)
    clock = (number["hour"] * 60 + number["minute"]).cast(pl.Int64) * 60 + number["second"]
    sound = (
        (number["hour"] < 24)
        & (number["minute"] < 60)
        & (number["second"] < 61)
        & (minutes.fill_null(0) <= 18 * 60)
    )
    value = date.cast(pl.Int64) * 86_400_000 + (clock - offset * 60) * 1000 + fraction
    read = parts.select(
        pl.when(sound).then(value).alias("value"),
        (sound & date.is_not_null() & pl.col("zone").is_null() & pl.col("hour").is_not_null()).alias("naive"),
    )
    return read["value"], int(read["naive"].sum())


def _of_numbers(numbers: pl.Series) -> tuple[pl.Series, list[str]]:
    """Milliseconds of a column of Float64, and the unit in words: one for the column where that can be."""
    given = numbers.to_numpy()
    found = np.full(len(given), np.nan)
    known = np.isfinite(given)
    notes: list[str] = []
    if known.any():
        found[known], notes = _scaled(given[known])
    found[~(np.abs(found) < _MOST)] = np.nan
    floored = np.floor(found)
    filled = np.nan_to_num(floored).astype(np.int64)
    values = pl.Series(numbers.name, filled).set(pl.Series(np.isnan(floored)), None)
    return values, notes


def _scaled(given: NDArray[np.float64]) -> tuple[NDArray[np.float64], list[str]]:
    for layout, digits in _DIGITS:
        written = _of_digits(given, layout, digits)
        if written is not None:
            return written, [
                f"{digits} digits a cell are read as {'date' if digits == 8 else 'date and time'}"
            ]
    bounds = np.array([bound for _, bound, _ in _UNITS])
    unit = np.searchsorted(bounds, np.abs(given), side="right")
    used = np.unique(unit[given != 0])
    factors = np.array([factor for _, _, factor in _UNITS] + [np.nan])
    if len(used) <= 1:
        only = int(used[0]) if len(used) else 0
        return given * factors[only], [_told(given, only)]
    each = given * factors[unit]
    plausible = (each >= _EARLY) & (each < _LATE) | (given == 0)
    if plausible.mean() < 0.5:
        # Numbers that cross a bound between units without being moments in either: a count of its own.
        return given * 1000, ["numbers that are no moments since 1970 are taken as seconds, for their order"]
    each[~plausible] = np.nan
    told = [
        f"{int((unit[plausible] == place).sum()):,} in {_UNITS[place][0]}"
        for place in used
        if place < len(_UNITS)
    ]
    return each, [f"numbers since 1970 in mixed units ({', '.join(told)})"]


def _told(given: NDArray[np.float64], unit: int) -> str:
    if unit >= len(_UNITS):
        return "numbers too large to be moments"
    if np.abs(given).max() < 1e8:
        return "small numbers, no moments since 1970, are taken as seconds, for their order"
    return f"numbers are {_UNITS[unit][0]} since 1970"


def _of_digits(given: NDArray[np.float64], layout: str, digits: int) -> NDArray[np.float64] | None:
    """Numbers such as 20260131, when all look so and at least half are dates."""
    first = 10.0 ** (digits - 4)
    if not ((given >= 1900 * first) & (given < 2101 * first) & (given == np.floor(given))).all():
        return None
    text = pl.Series(given.astype(np.int64)).cast(pl.String)
    read = text.str.to_datetime(layout, strict=False, time_unit="ms")
    if read.null_count() * 2 > read.len():
        return None
    return read.cast(pl.Int64).cast(pl.Float64).to_numpy()
