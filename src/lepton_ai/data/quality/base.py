"""What a check is: it sees the rows batch by batch, and tells its findings at the end."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lepton_ai.data.normalise import joined_text, normalised, quick_hashes
from lepton_ai.data.schema import Schema
from lepton_ai.data.typed import as_text

SHOWN = 10
"""Row numbers given with a finding, at most."""


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, or worth knowing.

    Attributes:
        code: Stable name of the kind of finding, for scripts.
        severity: "error" (training on this misleads), "warning" (look at it) or "info".
        title: What was found, in words, with its share.
        count: How many rows, cells or classes.
        rows: Data row numbers from 1 (the header is not counted), at most 10.
        advice: What to do.
    """

    code: str
    severity: str
    title: str
    count: int
    rows: tuple[int, ...]
    advice: str


@dataclass(frozen=True)
class Batch:
    """Some rows of the table under check.

    Attributes:
        frame: The rows.
        first: How many rows came before.
        schema: The schema of the table.
    """

    frame: pl.DataFrame
    first: int
    schema: Schema

    @cached_property
    def text(self) -> pl.Series | None:
        """One text a row, joined where the text is several columns; None when the schema has no text."""
        columns = [column.name for column in self.schema.with_role("text")]
        return joined_text(self.frame, columns) if columns else None

    @cached_property
    def filled(self) -> NDArray[np.bool_]:
        """Shape [rows]: whether the text is neither missing nor blank."""
        text = self._text()
        return (text.fill_null("").str.strip_chars() != "").to_numpy()

    @cached_property
    def exact(self) -> NDArray[np.uint64]:
        """Shape [rows]: a hash of the text as it is."""
        return quick_hashes(self._text())

    @cached_property
    def normal_text(self) -> pl.Series:
        """The text without what does not count to a reader."""
        return normalised(self._text())

    @cached_property
    def normal(self) -> NDArray[np.uint64]:
        """Shape [rows]: a hash of the normalised text."""
        return quick_hashes(self.normal_text)

    @cached_property
    def labels(self) -> pl.Series | None:
        """Labels as text, blank ones missing; None when the schema has no label."""
        found = self.schema.with_role("label")
        if not found:
            return None
        labels = as_text(self.frame[found[0].name])
        return labels.set(labels.str.strip_chars() == "", None)

    def _text(self) -> pl.Series:
        if self.text is None:
            raise ValueError("the schema has no text column")
        return self.text


class Check(ABC):
    """One family of checks. It keeps counts and 64-bit hashes, never the rows.

    Args:
        schema: The schema of the table.
        context: What some checks need besides: `{"against": frame}`.
    """

    needs: ClassVar[tuple[str, ...]] = ()
    """Roles without which the check has nothing to do."""

    whole_table_only: ClassVar[bool] = False
    """Whether the check keeps the texts, and so is left out of a stream."""

    def __init__(self, schema: Schema, context: dict[str, Any]) -> None:
        self.schema = schema
        self.context = context

    @abstractmethod
    def observe(self, batch: Batch) -> None:
        """Look at more rows."""

    @abstractmethod
    def findings(self) -> list[Finding]:
        """What was found in all rows seen."""


class RowCount:
    """Counts rows and keeps the numbers of the first few."""

    def __init__(self) -> None:
        self.count = 0
        self.rows: list[int] = []

    def add(self, mask: NDArray[np.bool_], first: int) -> None:
        """Count the rows where `mask` holds; `first` rows came before."""
        places = np.flatnonzero(mask)
        self.count += len(places)
        if len(self.rows) < SHOWN:
            self.rows += [first + int(place) + 1 for place in places[: SHOWN - len(self.rows)]]


def shown_rows(places: NDArray[np.int64]) -> tuple[int, ...]:
    """Row numbers from 1 of the first few positions."""
    return tuple(int(place) + 1 for place in places[:SHOWN])


def share(count: int, total: int) -> str:
    """A share in words: "3.1%"."""
    return f"{100 * count / max(total, 1):.2g}%" if count < total else "100%"
