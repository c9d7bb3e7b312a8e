"""Which rows are run together: rows of like size, in batches of bounded area."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lepton_ai.core.types import Arrays

ROWS = 256
"""Rows in one batch, at most."""

AREA = 1 << 15
"""Rows times the size of the longest row of one batch, at most (unless it is a single row)."""


OUTPUT_CELLS = 1 << 22
"""Cells of the widest output that one batch gets, at most (unless it is a single row)."""

CELLS = 1 << 14
"""Cells of all input arrays that one run of a graph gets, at most (unless it is a single row)."""


def rows_at_once(arrays: Arrays, rows: int) -> int:
    """How many rows of encoded arrays the graph is run on at once.

    Encoding is quickest for many rows together; a graph is quickest while what lies between its operators
    fits the cache of a core.

    Args:
        arrays: Encoded arrays of one batch.
        rows: Its rows.
    """
    cells = sum(array.size for array in arrays.values()) / rows
    return max(1, int(CELLS / max(cells, 1.0)))


def trimmed(array: NDArray[Any]) -> NDArray[Any]:
    """Rows of an encoded array without the positions that are padding in all of them; at least one stays."""
    if array.ndim < 2:
        return array
    used = np.flatnonzero(array.any(axis=(0, *range(2, array.ndim))))
    return array[:, : used[-1] + 1 if len(used) else 1]


def plan_batches(sizes: NDArray[Any], *, rows: int = ROWS, area: int = AREA) -> Iterator[NDArray[np.intp]]:
    """Row positions batch by batch, each row once, shortest first.

    A batch is padded to its longest row, so a long row among short ones is costly: within a batch no row
    is more than twice as long as the shortest (plus a few cells, below which padding costs less than a run).

    Args:
        sizes: Shape [rows]: how much work each row is.
        rows: Rows of a batch, at most.
        area: Rows times the longest row of a batch, at most.
    """
    order = np.argsort(sizes, kind="stable")
    ascending = np.maximum(np.asarray(sizes, dtype=np.int64)[order], 1)
    counts = np.arange(1, rows + 1)
    start = 0
    while start < len(order):
        window = ascending[start : start + rows]
        fits = (window * counts[: len(window)] <= area) & (window <= 2 * window[0] + 16)
        count = max(1, int(np.count_nonzero(fits)))
        yield order[start : start + count]
        start += count
