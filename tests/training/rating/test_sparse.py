from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_ai.training.rating.sparse import SparseMatrix, leading_directions


@st.composite
def entries(draw):
    shape = draw(st.tuples(st.integers(1, 8), st.integers(1, 8)))
    cell = st.tuples(st.integers(0, shape[0] - 1), st.integers(0, shape[1] - 1), st.floats(-3, 3))
    return shape, draw(st.lists(cell, max_size=20))


def both(shape, cells):
    dense = np.zeros(shape)
    for row, column, value in cells:
        dense[row, column] += value
    rows, columns, values = (np.array([cell[place] for cell in cells]) for place in range(3))
    sparse = SparseMatrix(rows.astype(np.int64), columns.astype(np.int64), values.astype(float), shape=shape)
    return sparse, dense


@settings(deadline=None, max_examples=50)
@given(entries())
def test_products_are_those_of_the_dense_matrix(drawn):
    sparse, dense = both(*drawn)
    right, left = np.random.default_rng(0).normal(size=(dense.shape[1], 3)), np.ones((dense.shape[0], 2))
    np.testing.assert_allclose(sparse.times(right), dense @ right, atol=1e-12)
    np.testing.assert_allclose(sparse.transposed_times(left), dense.T @ left, atol=1e-12)


def directions(dense, rank):
    return leading_directions(
        lambda x: dense @ x, lambda y: dense.T @ y, shape=dense.shape, rank=rank, rng=np.random.default_rng(0)
    )


@settings(deadline=None, max_examples=50)
@given(entries())
def test_with_enough_directions_the_matrix_is_whole(drawn):
    _, dense = both(*drawn)
    left, values, right = directions(dense, 8)
    np.testing.assert_allclose((left * values) @ right.T, dense, atol=1e-7)
    np.testing.assert_allclose(left.T @ left, np.eye(len(values)), atol=1e-7)


def test_the_largest_directions_come_first():
    rng = np.random.default_rng(1)
    dense = rng.normal(size=(60, 5)) @ rng.normal(size=(5, 80)) * 10 + rng.normal(size=(60, 80))
    left, values, right = directions(dense, 5)
    exact = np.linalg.svd(dense)[1]
    np.testing.assert_allclose(values, exact[:5], rtol=1e-6)
    best = np.sqrt((exact[5:] ** 2).sum())
    assert np.linalg.norm((left * values) @ right.T - dense) == pytest.approx(best, rel=1e-6)


def test_a_matrix_without_columns_has_no_directions():
    empty = SparseMatrix.empty(4)
    left, values, right = leading_directions(
        empty.times, empty.transposed_times, shape=empty.shape, rank=3, rng=np.random.default_rng(0)
    )
    assert (left.shape, values.shape, right.shape) == ((4, 0), (0,), (0, 0))
