"""What is known of users and items, as columns of numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from lepton_ai.codecs.ranking.ids import IdIndex
from lepton_ai.core.rating_plan import EntityFeatures
from lepton_ai.training.rating.sparse import SparseMatrix

_MOST_VALUES = 1000
_LEAST_SHARERS = 2
_BINS = 10

_Entries = tuple[NDArray[np.int64], NDArray[np.int64]]


def feature_matrix(features: EntityFeatures | None, ids: IdIndex) -> SparseMatrix:
    """Shape [ids, features], a one wherever something is so.

    A category has a column for each value that two or more ids share (the most frequent ones, if they are
    very many); a number has one for each tenth of its range of values, so that it may count in any way.
    """
    if features is None:
        return SparseMatrix.empty(len(ids))
    positions = ids.numbers(features.ids) - 1
    rows, columns, width = [np.empty(0, np.int64)], [np.empty(0, np.int64)], 0
    for places, numbers in _columns(features):
        rows.append(positions[places])
        columns.append(numbers + width)
        width += int(numbers.max(initial=-1)) + 1
    row, column = np.concatenate(rows), np.concatenate(columns)
    row, column = np.unique(np.stack([row, column])[:, row >= 0], axis=1)
    return SparseMatrix(row, column, np.ones(len(row)), shape=(len(ids), width))


def company(own: NDArray[np.int64], partners: NDArray[np.int64], *, shape: tuple[int, int]) -> SparseMatrix:
    """Whom each user or item was seen with, in rows of length 1.

    What somebody chose to rate tells of them, whatever the rating was (Koren 2008,
    doi 10.1145/1401890.1401944).
    """
    row, column = np.unique(np.stack([own, partners]), axis=1)
    counts = np.maximum(np.bincount(row, minlength=shape[0]), 1)
    return SparseMatrix(row, column, 1.0 / np.sqrt(counts[row]), shape=shape)


def _columns(features: EntityFeatures) -> Iterator[_Entries]:
    """For each column of the features: places among its ids, and the number of what is so there."""
    for values in features.categories.values():
        yield _category(values)
    for numbers in features.numbers.values():
        yield _number(np.asarray(numbers, np.float64))


def _category(values: Sequence[Sequence[str]]) -> _Entries:
    counts = Counter(value for each in values for value in set(each))
    common = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:_MOST_VALUES]
    known = {value: place for place, (value, count) in enumerate(common) if count >= _LEAST_SHARERS}
    entries = [(row, known[value]) for row, each in enumerate(values) for value in each if value in known]
    pairs = np.array(entries, dtype=np.int64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


def _number(numbers: NDArray[np.float64]) -> _Entries:
    places = np.flatnonzero(np.isfinite(numbers))
    if not len(places):
        return places, places
    edges = np.unique(np.quantile(numbers[places], np.linspace(0, 1, _BINS + 1)[1:-1]))
    return places, np.searchsorted(edges, numbers[places], side="right").astype(np.int64)
