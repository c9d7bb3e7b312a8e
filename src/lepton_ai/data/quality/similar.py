"""Rows whose text is nearly that of another: templates, edits, copies with a word changed."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from lepton_ai.data.quality.base import Batch, Check, Finding, share, shown_rows
from lepton_ai.data.schema import Schema
from lepton_ai.data.similar import LONGEST, SHORTEST, similar_pairs


class SimilarTexts(Check):
    """Rows whose text is nearly that of a row before."""

    needs: ClassVar[tuple[str, ...]] = ("text",)
    whole_table_only: ClassVar[bool] = True

    def __init__(self, schema: Schema, context: dict[str, Any]) -> None:
        super().__init__(schema, context)
        self._texts: dict[str, int] = {}
        self._rows = 0

    def observe(self, batch: Batch) -> None:
        """Keep the different normalised texts with the row that each came first in."""
        self._rows += batch.frame.height
        for place, text in enumerate(batch.normal_text.to_list(), start=batch.first):
            if text is not None and len(text) >= SHORTEST:
                self._texts.setdefault(text[:LONGEST], place)

    def findings(self) -> list[Finding]:
        """Rows that are nearly a copy of an earlier one."""
        texts = list(self._texts)
        places = np.fromiter(self._texts.values(), np.int64, len(texts))
        later = sorted({max(pair) for pair in similar_pairs(texts)})
        if not later:
            return []
        rows = np.sort(places[np.array(later)])
        title = f"{len(rows):,} rows are nearly a copy of an earlier one ({share(len(rows), self._rows)})"
        advice = "Copies on both sides of a split flatter the scores; delete them or split by group."
        severity = "warning" if len(rows) > 0.05 * self._rows else "info"
        return [Finding("similar-texts", severity, title, len(rows), shown_rows(rows), advice)]
