"""The classes: how many, how large, and whether some are one class in two spellings."""

from __future__ import annotations

import unicodedata
from collections import Counter
from typing import Any, ClassVar

from lepton_ai.data.quality.base import SHOWN, Batch, Check, Finding
from lepton_ai.data.schema import Schema

SMALL = 10
"""A class with fewer rows is too small to learn or to judge."""

IMBALANCE = 10.0
"""From this ratio of the largest class to the smallest on, the classes are called unbalanced."""

_MANY = 1_000


class Labels(Check):
    """Class sizes and spellings."""

    needs: ClassVar[tuple[str, ...]] = ("label",)

    def __init__(self, schema: Schema, context: dict[str, Any]) -> None:
        super().__init__(schema, context)
        self._sizes: Counter[str] = Counter()
        self._first: dict[str, int] = {}

    def observe(self, batch: Batch) -> None:
        """Count the labels."""
        labels = batch.labels
        if labels is None:
            return
        for label, size in labels.drop_nulls().value_counts().iter_rows():
            self._sizes[label] += size
            if label not in self._first:
                place = (labels == label).arg_max()
                self._first[label] = batch.first + (place or 0) + 1

    def findings(self) -> list[Finding]:
        """What is odd about the classes."""
        if self.schema.role("label").type == "number" or not self._sizes:
            return []
        found = [self._single(), self._small(), self._unbalanced(), self._many(), *self._variants()]
        return [finding for finding in found if finding is not None]

    def _rows(self, labels: list[str]) -> tuple[int, ...]:
        return tuple(sorted(self._first[label] for label in labels)[:SHOWN])

    def _single(self) -> Finding | None:
        if len(self._sizes) > 1:
            return None
        title = f"All labelled rows have the label {next(iter(self._sizes))!r}"
        return Finding(
            "single-class", "error", title, 1, (), "A classifier needs rows of two classes or more."
        )

    def _small(self) -> Finding | None:
        small = sorted(
            (label for label, size in self._sizes.items() if size < SMALL), key=lambda one: self._sizes[one]
        )
        if not small:
            return None
        told = ", ".join(f"{label!r} ({self._sizes[label]})" for label in small[:5])
        told += ", ..." if len(small) > 5 else ""
        title = f"{len(small):,} of {len(self._sizes):,} classes have fewer than {SMALL} rows: {told}"
        advice = "Gather more rows of them, join them to another class, or expect them to be missed."
        return Finding("small-classes", "warning", title, len(small), self._rows(small), advice)

    def _unbalanced(self) -> Finding | None:
        (largest, most), *_, (smallest, least) = (
            self._sizes.most_common() if len(self._sizes) > 1 else [("", 1)] * 2
        )
        if most / least < IMBALANCE:
            return None
        title = f"The classes are unbalanced: {largest!r} has {most:,} rows, {smallest!r} has {least:,}"
        advice = "Judge by macro-F1, not accuracy; class weights help the small ones."
        return Finding("class-imbalance", "warning", title, len(self._sizes), (), advice)

    def _many(self) -> Finding | None:
        if len(self._sizes) <= _MANY:
            return None
        title = f"There are {len(self._sizes):,} classes"
        advice = "Check that the label column is the right one: it may hold free text or identifiers."
        return Finding("many-classes", "warning", title, len(self._sizes), (), advice)

    def _variants(self) -> list[Finding]:
        spellings: dict[str, list[str]] = {}
        for label in self._sizes:
            folded = "".join(unicodedata.normalize("NFKC", label).casefold().split())
            spellings.setdefault(folded, []).append(label)
        groups = [sorted(group) for group in spellings.values() if len(group) > 1]
        if not groups:
            return []
        told = "; ".join(" = ".join(map(repr, group)) for group in groups[:5])
        rare = [
            label
            for group in groups
            for label in group
            if self._sizes[label] < max(self._sizes[g] for g in group)
        ]
        title = f"{len(groups):,} classes are written in more than one way (case, spaces or width): {told}"
        advice = "They are trained as different classes; write each in one way."
        rows = self._rows(rare or [group[1] for group in groups])
        return [Finding("label-variants", "warning", title, len(groups), rows, advice)]
