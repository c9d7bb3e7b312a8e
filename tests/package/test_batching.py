from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_ai.package.batching import plan_batches


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
