"""What side files say of items and users, as words and features."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
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


def user_features(
    side: SideTable, users: Sequence[str]
) -> tuple[dict[str, tuple[str, ...]], NDArray[np.int32]]:
    """Features of users with their known values, and the number of each user's value.

    Categories count by their first value, numbers by bands. A category of very many values tells nothing of
    a user and is left out.

    Returns:
        Feature name to its values, and an array of shape [users, features]: 1 and up, 0 where unknown.
    """
    columns: Mapping[str, Sequence[Sequence[str]]] = {
        **side.categories,
        **{name: _bands(values) for name, values in side.numbers.items()},
    }
    row_of = {user: row for row, user in enumerate(side.ids)}
    rows = [row_of.get(user) for user in users]
    features: dict[str, tuple[str, ...]] = {}
    numbers: list[NDArray[np.int32]] = []
    for name, values in columns.items():
        known = sorted({each[0] for each in values if each})
        if not 2 <= len(known) <= _MOST_VALUES:
            continue
        number = {value: place for place, value in enumerate(known, start=1)}
        features[name] = tuple(known)
        numbers.append(
            np.array(
                [number[values[row][0]] if row is not None and values[row] else 0 for row in rows], np.int32
            )
        )
    return features, np.stack(numbers, 1) if numbers else np.zeros((len(users), 0), np.int32)


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
    """Each number as one of a few bands of about as many, told by their lower ends.

    Few different numbers are a band each.
    """
    known = values[np.isfinite(values)]
    if not len(known):
        return [()] * len(values)
    edges = np.unique(known)
    if len(edges) > _BANDS:
        edges = np.unique(np.quantile(known, np.arange(_BANDS) / _BANDS, method="lower"))
    bands = np.searchsorted(edges, values, side="right") - 1
    return [
        (f"{edges[band]:g} and up",) if np.isfinite(value) else ()
        for value, band in zip(values.tolist(), bands.tolist(), strict=True)
    ]
