"""Cells that are missing or blank."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from lepton_ai.data.quality.base import Batch, Check, Finding, RowCount, share
from lepton_ai.data.schema import Column, Schema

_ADVICE = {
    "text": "Such rows are left out of training; fill them or delete them.",
    "label": "Rows without a label are left out of training; label them or delete them.",
    "other": "Fill the cells, or leave the column out when most are missing.",
}


class MissingCells(Check):
    """Missing and blank cells of each column that is used."""

    def __init__(self, schema: Schema, context: dict[str, Any]) -> None:
        super().__init__(schema, context)
        elsewhere = {"ignore", "user", "item"}  # events without a user or an item are a finding of their own
        self._columns = [column for column in schema.columns if column.role not in elsewhere]
        self._missing = {column.name: RowCount() for column in self._columns}
        self._blank = {column.name: RowCount() for column in self._columns}
        self._rows = 0

    def observe(self, batch: Batch) -> None:
        """Count missing and blank cells."""
        self._rows += batch.frame.height
        for column in self._columns:
            series = batch.frame[column.name]
            self._missing[column.name].add(series.is_null().to_numpy(), batch.first)
            if series.dtype == pl.String:
                blank = (series.str.strip_chars() == "").fill_null(value=False)
                self._blank[column.name].add(blank.to_numpy().astype(np.bool_), batch.first)

    def findings(self) -> list[Finding]:
        """One finding for each column and kind."""
        found = []
        for column in self._columns:
            for kind, counted in (
                ("missing", self._missing[column.name]),
                ("blank", self._blank[column.name]),
            ):
                if counted.count:
                    found.append(self._finding(column, kind, counted))
        return found

    def _finding(self, column: Column, kind: str, counted: RowCount) -> Finding:
        role = column.role if column.role in {"text", "label"} else "other"
        severity = "info" if role == "other" else "warning"
        if role != "other" and counted.count * 2 >= self._rows:
            severity = "error"
        title = (
            f"{counted.count:,} {kind} cells in {column.name!r} ({share(counted.count, self._rows)} of rows)"
        )
        code = f"{kind}-{'cells' if role == 'other' else role}"
        return Finding(code, severity, title, counted.count, tuple(counted.rows), _ADVICE[role])
