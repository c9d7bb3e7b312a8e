from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_ai.package.batching import CELLS, plan_batches, rows_at_once, trimmed


@settings(deadline=None, max_examples=100)
@given(
    st.lists(st.integers(0, 5000), min_size=1, max_size=400),
    st.integers(1, 64),
    st.integers(1, 20_000),
)
def test_each_row_is_in_one_batch_and_no_batch_is_too_large(sizes, rows, area):
    sizes = np.array(sizes)
    batches = list(plan_batches(sizes, rows=rows, area=area))
    assert sorted(np.concatenate(batches).tolist()) == list(range(len(sizes)))
    for batch in batches:
        assert 1 <= len(batch) <= rows
        longest, shortest = sizes[batch].max(), sizes[batch].min()
        assert len(batch) == 1 or len(batch) * longest <= area
        assert longest <= 2 * max(shortest, 1) + 16


def test_rows_of_one_size_are_run_in_full_batches():
    assert [len(batch) for batch in plan_batches(np.full(600, 20))] == [256, 256, 88]


def test_one_long_row_does_not_pad_the_others():
    batches = list(plan_batches(np.array([5, 5, 4000, 6])))
    assert [sorted(batch.tolist()) for batch in batches] == [[0, 1, 3], [2]]


def test_no_rows_need_no_batch():
    assert list(plan_batches(np.array([], dtype=np.int64))) == []


def test_a_run_of_the_graph_gets_as_many_rows_as_its_cells_allow():
    arrays = {"a": np.ones((100, 64, 2)), "b": np.ones((100, 128))}
    assert rows_at_once(arrays, 100) == CELLS // 256
    assert rows_at_once({"a": np.ones((3, 2 * CELLS))}, 3) == 1
    assert rows_at_once({}, 5) == CELLS


def test_padding_that_all_rows_share_is_taken_off():
    padded = np.array([[1, 0, 0, 0], [2, 3, 0, 0]])
    assert trimmed(padded).tolist() == [[1, 0], [2, 3]]
    assert trimmed(np.stack([padded, padded], 2)).shape == (2, 2, 2)
    assert trimmed(np.zeros((2, 5))).shape == (2, 1)
    assert trimmed(np.arange(3)).tolist() == [0, 1, 2]
