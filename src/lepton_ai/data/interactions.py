"""Events of users with items, cleaned once: identifiers as text, times in one unit, in order, none twice."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lepton_ai.core.errors import DataError
from lepton_ai.data.identifiers import canonical_ids
from lepton_ai.data.moments import moment_text, moments
from lepton_ai.data.typed import as_numbers, as_text

if TYPE_CHECKING:
    from lepton_ai.data.schema import Schema
    from lepton_ai.data.table import Table

_SHOWN = 5


@dataclass(frozen=True, eq=False)
class Interactions:
    """Events, oldest first.

    Attributes:
        frame: Columns `user` and `item` (String, canonical identifiers, never missing), `rating` (Float32,
            may be missing in a row; the column is absent without ratings), `time` (Int64, milliseconds
            since 1970 in UTC, never missing; absent without times) and `row` (UInt32, number of the data
            row from 1). Ordered by time, events of one moment by row; by row without times.
        notes: What was read how, and what was left out, in sentences.
    """

    frame: pl.DataFrame
    notes: tuple[str, ...] = ()

    @property
    def has_ratings(self) -> bool:
        """Whether there is a column `rating`."""
        return "rating" in self.frame.columns

    @property
    def has_times(self) -> bool:
        """Whether there is a column `time`."""
        return "time" in self.frame.columns

    def __len__(self) -> int:
        return self.frame.height

    def where(self, mask: pl.Expr | pl.Series, *notes: str) -> Interactions:
        """Some of the events, in the same order, with further notes."""
        return replace(self, frame=self.frame.filter(mask), notes=(*self.notes, *notes))


def read_interactions(table: Table, schema: Schema) -> Interactions:
    """The events of a table.

    Identifiers become text (see `core.ids.as_id`). Rows without a user or an item are left out, and so are
    rows that repeat another in user, item, time and rating. A row without a time, where others have one,
    counts as the oldest. All of it is said in the notes.

    Args:
        table: The rows.
        schema: Their schema, with the roles user and item, and rating and time where there are such
            columns; `infer_interactions` makes it.

    Raises:
        DataError: There is no column for the user or the item, a rating is no number or a time is no
            moment (the first rows are named), or no event is left.
    """
    frame = table.frame
    row = pl.int_range(1, frame.height + 1, dtype=pl.UInt32, eager=True).alias("row")
    notes: list[str] = []
    columns = [_ids(frame, schema, role, notes) for role in ("user", "item")]
    ratings = schema.with_role("rating")
    if ratings:
        columns += _ratings(frame[ratings[0].name], notes)
    times = schema.with_role("time")
    if times:
        columns += _times(frame[times[0].name], notes)
    events = _complete(pl.DataFrame([*columns, row]), schema, notes)
    if "time" in events.columns:
        events = _ordered(events, times[0].name, notes)
    events = _without_repeats(events, notes)
    users, items = events["user"].n_unique(), events["item"].n_unique()
    notes.append(f"{events.height:,} events of {users:,} users with {items:,} items.")
    return Interactions(events, tuple(notes))


def _ids(frame: pl.DataFrame, schema: Schema, role: str, notes: list[str]) -> pl.Series:
    series, changed = canonical_ids(frame[schema.role(role).name])
    if changed:
        notes.append(changed)
    return series.alias(role)


def _ratings(series: pl.Series, notes: list[str]) -> list[pl.Series]:
    """No series when no row has a rating."""
    text = as_text(series)
    given = (text.str.strip_chars() != "").fill_null(value=False)
    numbers = as_numbers(series).cast(pl.Float32)
    wrong = (given & ~numbers.is_finite().fill_null(value=False)).to_numpy()
    _refuse(
        series, wrong, "no number", "Empty these cells, or leave the ratings out: they are then not used."
    )
    missing = int((~given).sum())
    if missing == series.len():
        notes.append(f"{series.name!r} has no rating in any row; it is left out.")
        return []
    if missing:
        notes.append(f"{missing:,} rows have no rating.")
    return [numbers.alias("rating")]


def _times(series: pl.Series, notes: list[str]) -> list[pl.Series]:
    """No series when no row has a time."""
    read = moments(series)
    _refuse(
        series,
        read.unreadable,
        "no time",
        "Write times like 2026-01-31 18:30:00, or as seconds or milliseconds since 1970, all in one way.",
    )
    if read.values.null_count() == series.len():
        notes.append(f"{series.name!r} has no time in any row; it is left out.")
        return []
    if read.notes:
        notes.append(f"Times in {series.name!r}: {'; '.join(read.notes)}.")
    return [read.values.alias("time")]


def _refuse(series: pl.Series, wrong: NDArray[np.bool_], what: str, hint: str) -> None:
    places = np.flatnonzero(wrong)
    if not len(places):
        return
    shown = ", ".join(f"{place + 1} ({str(series[int(place)])[:40]!r})" for place in places[:_SHOWN])
    dots = ", ..." if len(places) > _SHOWN else ""
    raise DataError(
        f"{len(places):,} of {series.len():,} cells in {series.name!r} are {what}: rows {shown}{dots}.",
        hint=hint,
    )


def _complete(events: pl.DataFrame, schema: Schema, notes: list[str]) -> pl.DataFrame:
    kept = events.filter(pl.col("user").is_not_null() & pl.col("item").is_not_null())
    dropped = events.height - kept.height
    if not kept.height:
        names = " and ".join(repr(schema.role(role).name) for role in ("user", "item"))
        raise DataError(
            f"None of the {events.height:,} rows has both a user and an item in {names}.",
            hint="Name the columns with user=... and item=...",
        )
    if dropped:
        notes.append(f"{dropped:,} rows without a user or an item are left out.")
    return kept


def _ordered(events: pl.DataFrame, name: str, notes: list[str]) -> pl.DataFrame:
    missing = events["time"].null_count()
    if missing == events.height:
        notes.append(f"{name!r} has no time in any row with a user and an item; it is left out.")
        return events.drop("time")
    if missing:
        notes.append(f"{missing:,} rows have no time; they are taken as the oldest.")
    oldest = pl.col("time").fill_null(pl.col("time").min())
    return events.with_columns(oldest).sort("time", maintain_order=True)


def _without_repeats(events: pl.DataFrame, notes: list[str]) -> pl.DataFrame:
    told = [name for name in ("user", "item", "rating", "time") if name in events.columns]
    kept = events.filter(pl.struct(told).is_first_distinct())
    dropped = events.height - kept.height
    if dropped:
        notes.append(f"{dropped:,} rows that repeat another in {', '.join(told)} are left out.")
    if "time" in kept.columns:
        first, last = (moment_text(int(kept["time"][place])) for place in (0, -1))
        notes.append(f"From {first} to {last}.")
    return kept
