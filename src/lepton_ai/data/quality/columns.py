"""Columns that tell nothing: identifiers, and columns with one value."""

from __future__ import annotations

from typing import Any

from lepton_ai.data.quality.base import Batch, Check, Finding
from lepton_ai.data.schema import Schema
from lepton_ai.data.typed import as_text

_JUDGED_ELSEWHERE = {"label", "user", "item", "rating"}


class IdleColumns(Check):
    """Identifier-like and constant columns."""

    def __init__(self, schema: Schema, context: dict[str, Any]) -> None:
        super().__init__(schema, context)
        self._values: dict[str, set[str | None]] = {
            column.name: set() for column in schema.columns if column.role not in _JUDGED_ELSEWHERE
        }
        self._rows = 0

    def observe(self, batch: Batch) -> None:
        """Look for a second value in each column that had one only."""
        self._rows += batch.frame.height
        for name, values in self._values.items():
            if len(values) < 2:
                values.update(as_text(batch.frame[name].unique().head(2)).to_list())

    def findings(self) -> list[Finding]:
        """One finding for each such column."""
        found = []
        for column in self.schema.columns:
            if column.type == "identifier" and column.role not in _JUDGED_ELSEWHERE:
                title = f"Column {column.name!r} looks like an identifier"
                advice = "It is left out of training unless it is given a role."
                found.append(Finding("id-column", "info", title, 1, (), advice))
            if self._rows > 1 and len(self._values.get(column.name, (1, 2))) < 2:
                severity = "error" if column.role == "text" else "info"
                title = f"Column {column.name!r} has the same value in every row"
                found.append(
                    Finding("constant-column", severity, title, 1, (), "It tells nothing; leave it out.")
                )
        return found
