"""Matrices that are mostly zero, and the few directions that tell most of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray

FloatMatrix = NDArray[np.float64]

_POWERS = 4
_EXTRA = 16


class SparseMatrix:
    """A matrix given by its entries that are not zero.

    Args:
        rows: Row of each entry.
        columns: Column of each entry; a cell that comes twice holds the sum.
        values: Each entry.
        shape: Rows and columns of the matrix.
    """

    def __init__(
        self,
        rows: NDArray[np.int64],
        columns: NDArray[np.int64],
        values: FloatMatrix,
        *,
        shape: tuple[int, int],
    ) -> None:
        self.shape = shape
        self._forth = _tensor(rows, columns, values, shape)
        self._back = _tensor(columns, rows, values, shape[::-1])

    @classmethod
    def empty(cls, rows: int) -> Self:
        """A matrix without columns."""
        none = np.empty(0, np.int64)
        return cls(none, none, np.empty(0), shape=(rows, 0))

    def times(self, dense: FloatMatrix) -> FloatMatrix:
        """matrix @ dense, for shape [columns, n]."""
        return np.asarray(torch.sparse.mm(self._forth, torch.from_numpy(dense)).numpy())

    def transposed_times(self, dense: FloatMatrix) -> FloatMatrix:
        """matrix.T @ dense, for shape [rows, n]."""
        return np.asarray(torch.sparse.mm(self._back, torch.from_numpy(dense)).numpy())


def _tensor(
    rows: NDArray[np.int64], columns: NDArray[np.int64], values: FloatMatrix, shape: tuple[int, int]
) -> torch.Tensor:
    places = torch.from_numpy(np.stack([rows, columns]))
    entries = torch.from_numpy(values)
    return torch.sparse_coo_tensor(places, entries, shape, check_invariants=True).coalesce()


def leading_directions(
    forth: Callable[[FloatMatrix], FloatMatrix],
    back: Callable[[FloatMatrix], FloatMatrix],
    *,
    shape: tuple[int, int],
    rank: int,
    rng: np.random.Generator,
) -> tuple[FloatMatrix, FloatMatrix, FloatMatrix]:
    """The largest singular values of a matrix and their vectors, by iteration on a random subspace.

    (Halko et al. 2011, arXiv 0909.4061.) Exact when `rank` reaches the rank of the matrix.

    Args:
        forth: Gives matrix @ x for x of shape [columns, n].
        back: Gives matrix.T @ y for y of shape [rows, n].
        shape: Rows and columns of the matrix.
        rank: How many, at most; those that are zero are left out.
        rng: Where the subspace starts.

    Returns:
        left [rows, r], values [r] in falling order, right [columns, r].
    """
    if 0 in shape:
        return np.zeros((shape[0], 0)), np.zeros(0), np.zeros((shape[1], 0))
    width = min(rank + _EXTRA, *shape)
    basis = np.linalg.qr(forth(rng.normal(size=(shape[1], width))))[0]
    for _ in range(_POWERS):
        basis = np.linalg.qr(forth(np.linalg.qr(back(basis))[0]))[0]
    left, values, right = np.linalg.svd(back(basis).T, full_matrices=False)
    kept = int((values[:rank] > 1e-9 * max(values[0], 1e-300)).sum())
    return basis @ left[:, :kept], values[:kept], right[:kept].T
