"""Texts that come more than once, in the same words or in nearly the same, and with which labels."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from lepton_ai.data.normalise import quick_hashes
from lepton_ai.data.quality.base import Batch, Check, Finding, share, shown_rows
from lepton_ai.data.schema import Schema

Hashes = NDArray[np.uint64]


class DuplicateTexts(Check):
    """Exact duplicates, duplicates but for case, width, punctuation and spaces, and clashing labels.

    Keeps 8 bytes for each of the text, its normalised form and the label of a row: 24 MB a million rows.
    """

    needs: ClassVar[tuple[str, ...]] = ("text",)

    def __init__(self, schema: Schema, context: dict[str, Any]) -> None:
        super().__init__(schema, context)
        self._parts: list[tuple[Hashes, Hashes, Hashes, NDArray[np.bool_], NDArray[np.bool_]]] = []

    def observe(self, batch: Batch) -> None:
        """Keep the hashes of the rows that have a text."""
        if batch.labels is None:
            labels, labelled = np.zeros(batch.frame.height, np.uint64), np.zeros(batch.frame.height, np.bool_)
        else:
            labels, labelled = quick_hashes(batch.labels), batch.labels.is_not_null().to_numpy()
        self._parts.append((batch.exact, batch.normal, labels, batch.filled, labelled))

    def findings(self) -> list[Finding]:
        """Duplicates, near duplicates and conflicts."""
        if not self._parts:
            return []
        exact, normal, labels, filled, labelled = (
            np.concatenate(part) for part in zip(*self._parts, strict=True)
        )
        total = len(exact)
        rows = np.flatnonzero(filled)
        same = rows[_repeats(exact[rows])]
        alike = np.setdiff1d(rows[_repeats(normal[rows])], same)
        with_label = np.flatnonzero(filled & labelled)
        clashes = with_label[_conflicts(normal[with_label], labels[with_label])]
        return [
            finding
            for finding in (_duplicates(same, total), _near(alike, total), _clashes(clashes, total))
            if finding.count
        ]


def _repeats(keys: Hashes) -> NDArray[np.bool_]:
    """Shape [rows]: whether an equal key came before."""
    repeated = np.ones(len(keys), np.bool_)
    repeated[np.unique(keys, return_index=True)[1]] = False
    return repeated


def _conflicts(keys: Hashes, labels: Hashes) -> NDArray[np.bool_]:
    """Shape [rows]: whether the rows with this key have more than one label."""
    if not len(keys):
        return np.zeros(0, np.bool_)
    _, group = np.unique(keys, return_inverse=True)
    low = np.full(group.max() + 1, np.iinfo(np.uint64).max, np.uint64)
    high = np.zeros(group.max() + 1, np.uint64)
    np.minimum.at(low, group, labels)
    np.maximum.at(high, group, labels)
    return np.asarray(low[group] != high[group])


def _duplicates(rows: NDArray[np.int64], total: int) -> Finding:
    severity = "warning" if len(rows) > 0.01 * total else "info"
    title = f"{len(rows):,} rows repeat a text that came before ({share(len(rows), total)})"
    advice = "They weigh double in training. The hash split keeps them on one side; delete them if unmeant."
    return Finding("duplicate-texts", severity, title, len(rows), shown_rows(rows), advice)


def _near(rows: NDArray[np.int64], total: int) -> Finding:
    severity = "warning" if len(rows) > 0.01 * total else "info"
    told = share(len(rows), total)
    title = f"{len(rows):,} rows repeat a text but for case, width, punctuation or spaces ({told})"
    advice = "The hash split keeps them on one side; delete them if unmeant."
    return Finding("near-duplicate-texts", severity, title, len(rows), shown_rows(rows), advice)


def _clashes(rows: NDArray[np.int64], total: int) -> Finding:
    severity = "error" if len(rows) > 0.1 * total else "warning"
    title = f"{len(rows):,} rows hold a text that has different labels elsewhere ({share(len(rows), total)})"
    advice = "No model can get these right. Decide on one label for each text, or delete the rows."
    return Finding("conflicting-labels", severity, title, len(rows), shown_rows(rows), advice)
