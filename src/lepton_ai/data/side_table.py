"""What is known of items or users besides their events: titles, texts, categories, numbers, stock."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lepton_ai.core.errors import DataError, NotFoundError, did_you_mean
from lepton_ai.core.ids import as_id
from lepton_ai.data import names
from lepton_ai.data.column_types import Facts, column_type
from lepton_ai.data.identifiers import canonical_ids
from lepton_ai.data.multi_valued import category_cells
from lepton_ai.data.table import read_table
from lepton_ai.data.typed import as_booleans, as_numbers, as_text, as_times

_YEAR_MS = 365.2425 * 86_400_000


@dataclass(frozen=True, eq=False)
class SideTable:
    """One row a thing (item or user), in the order of the file.

    Attributes:
        ids: Canonical identifiers, all different.
        titles: What people call it, "" where that is missing; None without such a column.
        texts: Title and further texts joined by line ends, "" where all are missing.
        categories: By column: the values of each thing, none where missing.
        numbers: By column: shape [things], NaN where missing. Dates are years since 1970.
        stock: Shape [things]: whether it can be had, not where that is missing; None without such a column.
        notes: What each column was taken for and what was left out, in sentences.
    """

    ids: list[str]
    titles: list[str] | None
    texts: list[str]
    categories: dict[str, list[tuple[str, ...]]]
    numbers: dict[str, NDArray[np.float32]]
    stock: NDArray[np.bool_] | None
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.ids)


def read_side_table(data: Any, *, known_ids: Collection[str], id: str | None = None) -> SideTable:  # noqa: A002
    """The side table of items or users.

    Columns are named as in the file, without the types of RecBole's layout. The column of identifiers is the
    one that holds most of `known_ids`; its name decides where several do.

    Args:
        data: Anything that `read_table` takes.
        known_ids: Identifiers of the events; things beyond them are kept (they are new ones).
        id: Name of the column of identifiers.

    Raises:
        NotFoundError: There is no column `id`.
        DataError: The data cannot be read, or no column holds any of the known identifiers.
    """
    frame = read_table(data).frame
    known = {text for value in known_ids if (text := as_id(value)) is not None}
    name, why = _id_column(frame, known, id)
    notes = [why]
    frame = _one_row_each(frame, name, known, notes)
    return _Gathering(frame, name, notes).table()


def _id_column(frame: pl.DataFrame, known: set[str], asked: str | None) -> tuple[str, str]:
    if asked is not None and asked not in frame.columns:
        raise NotFoundError(
            f"There is no column {asked!r} to be the id.", hint=did_you_mean(asked, frame.columns)
        )
    held: dict[str, int] = {}
    scores: dict[str, float] = {}
    for name in [asked] if asked is not None else frame.columns:
        series = frame[name]
        if not (series.dtype == pl.String or series.dtype.is_numeric()):
            continue
        ids = canonical_ids(series)[0].drop_nulls().unique()
        held[name] = len(known.intersection(ids.to_list()))
        scores[name] = held[name] / max(len(known), 1) + ids.len() / max(series.len(), 1) + _named(name)
    told = ", ".join(f"{name!r} ({count:,})" for name, count in held.items())
    fit = [name for name in scores if held[name] or (not known and _named(name))]
    if not fit:
        raise DataError(
            f"No column of the side table holds any of the {len(known):,} identifiers of the events. "
            f"Identifiers held: {told or 'none'}.",
            hint="Name the column with id=..., and check that the file is about the same things.",
        )
    best = max(fit, key=lambda name: scores[name])
    return best, f"{best!r} is the id: it holds {held[best]:,} of the {len(known):,} known ones."


def _named(name: str) -> float:
    """How much a name says id, 0 to 1."""
    ranks = [names.hint_rank(names.unmarked(name), hints) for hints in (("id",), names.ITEM, names.USER)]
    best = min((rank for rank in ranks if rank is not None), default=None)
    return 0.0 if best is None else (1.0, 0.6, 0.2)[best // 1000]


def _one_row_each(frame: pl.DataFrame, name: str, known: set[str], notes: list[str]) -> pl.DataFrame:
    """The frame with canonical ids in the column `name`, the last row of each."""
    ids, changed = canonical_ids(frame[name])
    if changed:
        notes.append(changed)
    frame = frame.with_columns(ids.alias(name))
    whole = frame.filter(pl.col(name).is_not_null())
    if whole.height < frame.height:
        notes.append(f"{frame.height - whole.height:,} rows without an id are left out.")
    last = whole.filter(pl.col(name).is_last_distinct())
    if last.height < whole.height:
        notes.append(f"{whole.height - last.height:,} rows repeat an id; the last of each counts.")
    shared = len(known.intersection(last[name].to_list()))
    if shared < last.height:
        notes.append(f"{last.height - shared:,} ids have no event; they are new ones.")
    if shared < len(known):
        notes.append(f"{len(known) - shared:,} ids with events are not in the side table.")
    return last


class _Gathering:
    """Sorts the columns into titles, texts, categories, numbers and stock."""

    def __init__(self, frame: pl.DataFrame, id_column: str, notes: list[str]) -> None:
        self.frame = frame
        self.id_column = id_column
        self.notes = notes
        self.title: str | None = None
        self.texts: list[str] = []
        self.categories: dict[str, list[tuple[str, ...]]] = {}
        self.numbers: dict[str, NDArray[np.float32]] = {}
        self.stock: NDArray[np.bool_] | None = None

    def table(self) -> SideTable:
        """The side table of all columns."""
        self.title = self._title_column()
        if self.title is not None:
            self.texts.append(self.title)
            self.notes.append(f"{self.title!r} is the title, and text.")
        for series in self.frame.get_columns():
            if series.name not in {self.id_column, self.title}:
                self.notes.append(f"{series.name!r} {self._sort(series)}.")
        titles = self._strings(self.title) if self.title is not None else None
        return SideTable(
            ids=self.frame[self.id_column].to_list(),
            titles=titles,
            texts=self._joined(),
            categories=self.categories,
            numbers=self.numbers,
            stock=self.stock,
            notes=tuple(self.notes),
        )

    def _title_column(self) -> str | None:
        ranked = []
        for series in self.frame.get_columns():
            rank = names.hint_rank(names.unmarked(series.name), names.TITLE)
            if (
                rank is not None
                and rank < 2000
                and series.dtype == pl.String
                and series.name != self.id_column
            ):
                ranked.append((rank, series.name))
        return min(ranked)[1] if ranked else None

    def _sort(self, series: pl.Series) -> str:
        """Put a column where it belongs; what it was taken for, in words."""
        facts = Facts.of(series)
        if not facts.filled:
            return "is empty and left out"
        if self.stock is None and self._is_stock(series, facts):
            return "tells what is in stock"
        if facts.distinct == 1:
            return "holds one value only and is left out"
        kind = column_type(facts)[0]
        return self._sort_number(series, facts, kind) or self._sort_words(series, facts, kind)

    def _sort_number(self, series: pl.Series, facts: Facts, kind: str) -> str | None:
        name = names.unmarked(series.name)
        if kind == "datetime":
            times = as_times(series).cast(pl.Datetime("ms")).cast(pl.Int64).cast(pl.Float64)
            return self._take_number(name, times / _YEAR_MS) + ", in years since 1970"
        nearly = as_numbers(facts.values).null_count() <= 0.05 * facts.filled and kind != "boolean"
        return self._take_number(name, as_numbers(series)) if kind == "number" or nearly else None

    def _sort_words(self, series: pl.Series, facts: Facts, kind: str) -> str:
        found = category_cells(facts, series)
        if found is not None:
            self.categories[names.unmarked(series.name)], told = found
            return told
        if kind == "text":
            self.texts.append(series.name)
            return "is text"
        return f"has too many different values to be a category ({facts.counted}) and is left out"

    def _is_stock(self, series: pl.Series, facts: Facts) -> bool:
        rank = names.hint_rank(names.unmarked(series.name), names.STOCK)
        if rank is None or rank >= 2000:
            return False
        counts, flags = as_numbers(series), as_booleans(series)
        if counts.len() - counts.null_count() == facts.filled:
            here = (counts > 0).fill_null(value=False)
        elif flags.len() - flags.null_count() == facts.filled:
            here = flags.fill_null(value=False)
        else:
            return False
        self.stock = here.to_numpy().astype(np.bool_)
        return True

    def _take_number(self, name: str, values: pl.Series) -> str:
        self.numbers[name] = values.cast(pl.Float32).fill_null(float("nan")).to_numpy().astype(np.float32)
        missing = values.null_count()
        return f"is a number, missing in {missing:,} rows" if missing else "is a number"

    def _strings(self, column: str) -> list[str]:
        return [value.strip() for value in as_text(self.frame[column]).fill_null("").to_list()]

    def _joined(self) -> list[str]:
        if not self.texts:
            return [""] * self.frame.height
        columns = [self._strings(name) for name in self.texts]
        return ["\n".join(part for part in parts if part) for parts in zip(*columns, strict=True)]
