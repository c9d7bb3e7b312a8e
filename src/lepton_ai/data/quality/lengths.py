"""Texts that are very long."""

from __future__ import annotations

from typing import Any, ClassVar

from lepton_ai.data.quality.base import Batch, Check, Finding, RowCount
from lepton_ai.data.schema import Schema

LONG = 10_000
"""Characters from which on a text is called very long."""


class LongTexts(Check):
    """Texts of more than `LONG` characters."""

    needs: ClassVar[tuple[str, ...]] = ("text",)

    def __init__(self, schema: Schema, context: dict[str, Any]) -> None:
        super().__init__(schema, context)
        self._found = RowCount()
        self._longest = 0

    def observe(self, batch: Batch) -> None:
        """Count such texts."""
        if batch.text is None:
            return
        lengths = batch.text.str.len_chars().fill_null(0).to_numpy()
        self._longest = max(self._longest, int(lengths.max(initial=0)))
        self._found.add(lengths > LONG, batch.first)

    def findings(self) -> list[Finding]:
        """One finding when there are any."""
        count = self._found.count
        if not count:
            return []
        title = f"{count:,} texts have more than {LONG:,} characters, the longest {self._longest:,}"
        advice = "Networks may read only its beginning and end; check that each is a single text."
        return [Finding("long-texts", "info", title, count, tuple(self._found.rows), advice)]
