"""Kinds of rows that a model gets wrong more often than the rest."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lepton_ai.core.errors import DataError, UsageError
from lepton_ai.metrics.binomial import Interval, check_level, hypergeometric_tail, proportion_interval

_LENGTHS = (
    (0, "empty"),
    (5, "1-5"),
    (20, "6-20"),
    (50, "21-50"),
    (100, "51-100"),
    (200, "101-200"),
    (500, "201-500"),
)
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003347f]")
_LATIN = re.compile("[A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff]")
_EMOJI = re.compile("[\u2600-\u27bf\u2b50\u2b55\ufe0f\U0001f1e6-\U0001f1ff\U0001f300-\U0001faff]")
_MIXED = 0.1


@dataclass(frozen=True)
class Slice:
    """The rows that share one value of a column.

    Attributes:
        column: The column, such as "length" or "script".
        value: The value shared.
        rows: How many rows share it.
        wrong: How many of them were answered wrong.
        accuracy: The share answered right; its interval is exact and holds for all slices looked at together.
        rest: The share answered right among all other rows.
        p_value: How likely so many wrong answers are by chance, corrected for the number of slices (Holm).
    """

    column: str
    value: str
    rows: int
    wrong: int
    accuracy: Interval
    rest: float
    p_value: float


@dataclass(frozen=True)
class SliceFindings:
    """What a look at all slices found.

    Attributes:
        found: Slices that are worse than chance explains, lowest accuracy first.
        tested: How many slices were looked at.
        min_rows: Smaller slices were not looked at.
        level: The confidence that none of `found` is there by chance.
    """

    found: tuple[Slice, ...]
    tested: int
    min_rows: int
    level: float


def worst_slices(
    correct: ArrayLike,
    slice_columns: Mapping[str, Sequence[str]],
    *,
    min_rows: int = 20,
    level: float = 0.95,
    count: int = 10,
) -> SliceFindings:
    """Slices whose accuracy is lower than that of the other rows by more than chance explains.

    Each value of each column is one slice. It is compared with all other rows by Fisher's exact test (1922),
    one-sided. Looking at many slices finds a bad one by chance, so the p-values are corrected by Holm's
    method (1979): with probability `level` none of the slices found is noise.

    Args:
        correct: Whether each answer was right, shape [rows].
        slice_columns: Column name to one value a row; `text_slices` makes some from texts.
        min_rows: Slices with fewer rows are not looked at.
        level: The confidence of the whole look.
        count: How many slices to give at most.
    """
    right = np.asarray(correct, dtype=np.bool_)
    check_level(level)
    if right.ndim != 1 or right.size == 0:
        raise DataError(f"correct must have shape [rows] with at least one row; found {list(right.shape)}.")
    candidates = [
        (column, value, members)
        for column, values in slice_columns.items()
        for value, members in _members(column, values, rows=len(right))
        if max(min_rows, 1) <= len(members) < len(right)
    ]
    wrong = [int((~right[members]).sum()) for _, _, members in candidates]
    total = int((~right).sum())
    p_values = _holm(
        [
            hypergeometric_tail(failures, drawn=len(members), total_marked=total, total=len(right))
            for failures, (_, _, members) in zip(wrong, candidates, strict=True)
        ]
    )
    each = 1 - (1 - level) / max(len(candidates), 1)
    found = [
        Slice(
            column=column,
            value=value,
            rows=len(members),
            wrong=failures,
            accuracy=proportion_interval(len(members) - failures, len(members), level=each),
            rest=1 - (total - failures) / (len(right) - len(members)),
            p_value=p_value,
        )
        for (column, value, members), failures, p_value in zip(candidates, wrong, p_values, strict=True)
        if p_value <= 1 - level
    ]
    found.sort(key=lambda part: (part.accuracy.value, -part.rows, part.column, part.value))
    return SliceFindings(tuple(found[:count]), len(candidates), min_rows, level)


def text_slices(texts: Sequence[str], *, labels: Sequence[str] | None = None) -> dict[str, list[str]]:
    """The ready-made slice columns of texts: length, script, digits, emoji, and the true label where given.

    Args:
        texts: One text a row.
        labels: The true label of each row, or None.
    """
    columns = {
        "length": [length_band(text) for text in texts],
        "script": [script(text) for text in texts],
        "digits": ["yes" if has_digits(text) else "no" for text in texts],
        "emoji": ["yes" if has_emoji(text) else "no" for text in texts],
    }
    if labels is not None:
        columns["true label"] = list(labels)
    return columns


def length_band(text: str) -> str:
    """The band of a text's length in characters, outer blanks not counted: "empty", "1-5" ... "over 500"."""
    length = len(text.strip())
    return next((name for most, name in _LENGTHS if length <= most), "over 500")


def script(text: str) -> str:
    """ "han", "latin", "mixed" (each at least a tenth of the letters), or "other" (neither)."""
    han, latin = len(_HAN.findall(text)), len(_LATIN.findall(text))
    if han + latin == 0:
        return "other"
    share = han / (han + latin)
    if share >= 1 - _MIXED:
        return "han"
    return "latin" if share <= _MIXED else "mixed"


def has_digits(text: str) -> bool:
    """Whether a text holds a decimal digit of any script."""
    return any(character.isdecimal() for character in text)


def has_emoji(text: str) -> bool:
    """Whether a text holds an emoji or another pictograph."""
    return _EMOJI.search(text) is not None


def _members(column: str, values: Sequence[str], *, rows: int) -> list[tuple[str, NDArray[np.int64]]]:
    if len(values) != rows:
        raise UsageError(
            f"The slice column {column!r} has {len(values)} values for {rows} rows.",
            hint="Give one value a row.",
        )
    places: dict[str, list[int]] = {}
    for place, value in enumerate(values):
        places.setdefault(value, []).append(place)
    return [(value, np.array(found, dtype=np.int64)) for value, found in places.items()]


def _holm(p_values: list[float]) -> list[float]:
    adjusted = [1.0] * len(p_values)
    highest = 0.0
    for rank, place in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        highest = max(highest, min(1.0, p_values[place] * (len(p_values) - rank)))
        adjusted[place] = highest
    return adjusted
