"""Texts that are in another table too: the training set's in the test set."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from lepton_ai.core.errors import DataError
from lepton_ai.data.quality.base import Batch, Check, Finding, RowCount, share
from lepton_ai.data.schema import Schema


class Leakage(Check):
    """Rows whose normalised text is in the table given as `against`."""

    needs: ClassVar[tuple[str, ...]] = ("text",)

    def __init__(self, schema: Schema, context: dict[str, Any]) -> None:
        super().__init__(schema, context)
        other = context.get("against")
        self._other = None
        if other is not None:
            missing = [column.name for column in schema.with_role("text") if column.name not in other.columns]
            if missing:
                raise DataError(
                    f"The table to compare with has no column {missing[0]!r}.",
                    hint=f"Its columns are {', '.join(map(repr, other.columns[:20]))}.",
                )
            batch = Batch(other, 0, schema)
            self._other = np.unique(batch.normal[batch.filled])
        self._shared = RowCount()
        self._rows = 0

    def observe(self, batch: Batch) -> None:
        """Count the rows that are in the other table."""
        if self._other is not None:
            self._rows += batch.frame.height
            self._shared.add(np.isin(batch.normal, self._other) & batch.filled, batch.first)

    def findings(self) -> list[Finding]:
        """One finding when any text is in both."""
        count = self._shared.count
        if not count:
            return []
        severity = "error" if count >= 0.01 * self._rows else "warning"
        title = f"{count:,} rows hold a text that the other table holds too ({share(count, self._rows)})"
        advice = "A score on rows seen in training is too good. Delete them from one of the two tables."
        return [Finding("leakage", severity, title, count, tuple(self._shared.rows), advice)]
