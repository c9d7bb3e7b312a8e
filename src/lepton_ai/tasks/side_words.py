"""What side files say of items and users, as words and features."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from lepton_ai.data import SideTable

_BANDS = 8
_MOST_VALUES = 500
_HAN = "\u3400-\u9fff"
_WORD = re.compile(rf"[{_HAN}]+|[^\W_{_HAN}]+")


def item_words(side: SideTable, items: Sequence[str]) -> list[list[str]]:
    """The words of each item: "column=value" for categories and bands of numbers, and those of its texts.

    Args:
        side: The side file of the items.
        items: Ids; one that the file does not hold has no words.
    """
    columns = {**side.categories, **{name: _bands(values) for name, values in side.numbers.items()}}
    described = {
        known: [f"{name}={value}" for name, values in columns.items() for value in values[row]]
        + text_words(side.texts[row])
        for row, known in enumerate(side.ids)
    }
    return [described.get(item, []) for item in items]


@dataclass(frozen=True)
class UserFeatures:
    """What is known of users, by number.

    Attributes:
        values: Feature to its known values; of a number, the lower ends of its bands, ascending.
        numbers: Shape [users, features]: the number of each value, 1 and up; 0 where it is unknown.
        bands: The features that are numbers.
    """

    values: dict[str, tuple[str, ...]]
    numbers: NDArray[np.int32]
    bands: tuple[str, ...]


def user_features(side: SideTable, users: Sequence[str]) -> UserFeatures | None:
    """The features of users; None when nothing tells one user from another.

    Categories count by their first value, numbers by bands. A category of very many values tells nothing of
    a user and is left out.
    """
    row_of = {user: row for row, user in enumerate(side.ids)}
    rows = np.array([row_of.get(user, -1) for user in users], np.int64)
    values: dict[str, tuple[str, ...]] = {}
    numbers: list[NDArray[np.int32]] = []
    for name, cells in side.categories.items():
        known = sorted({each[0] for each in cells if each})
        number = {value: place for place, value in enumerate(known, start=1)}
        _add(name, known, [number[each[0]] if each else 0 for each in cells], values, numbers)
    for name, column in side.numbers.items():
        edges, bands = _banded(column)
        _add(name, [f"{edge:.9g}" for edge in edges.tolist()], (bands + 1).tolist(), values, numbers)
    if not values:
        return None
    table = np.stack(numbers, 1)
    found = np.where(rows[:, None] >= 0, table[rows], 0).astype(np.int32)
    return UserFeatures(values, found, tuple(name for name in side.numbers if name in values))


def _add(
    name: str,
    known: Sequence[str],
    column: Sequence[int],
    values: dict[str, tuple[str, ...]],
    numbers: list[NDArray[np.int32]],
) -> None:
    """Take a feature up when its values tell users apart."""
    if 2 <= len(known) <= _MOST_VALUES:
        values[name] = tuple(known)
        numbers.append(np.array(column, np.int32))


def text_words(text: str) -> list[str]:
    """Words of a text in lower case; a run of Chinese characters gives its pairs, a single one itself."""
    words: list[str] = []
    for found in _WORD.findall(text.lower()):
        if re.match(rf"[{_HAN}]", found) and len(found) > 2:
            words += [found[start : start + 2] for start in range(len(found) - 1)]
        else:
            words.append(found)
    return words


def _bands(values: NDArray[np.float32]) -> list[tuple[str, ...]]:
    """Each number as the name of its band; none where it is missing."""
    edges, bands = _banded(values)
    return [(f"{edges[band]:g} and up",) if band >= 0 else () for band in bands.tolist()]


def _banded(values: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """The lower ends of a few bands of about as many numbers, and the band of each, -1 where it is missing.

    Few different numbers are a band each.
    """
    there = np.isfinite(values)
    edges = np.unique(values[there])
    if len(edges) > _BANDS:
        edges = np.unique(np.quantile(values[there], np.arange(_BANDS) / _BANDS, method="lower"))
    bands = np.where(there, np.searchsorted(edges, values, side="right") - 1, -1)
    return edges, bands.astype(np.int64)
