from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from toy import TEXTS, codec

from lepton_ai.training.ragged import EncodedRows, Ragged, batches

LENGTHS = st.lists(st.integers(0, 6), min_size=1, max_size=12)


@settings(deadline=None, max_examples=60)
@given(LENGTHS, st.sampled_from([(), (2,)]), st.data())
def test_taken_rows_are_padded(lengths, inner, data):
    total = sum(lengths)
    flat = np.arange(1, total * int(np.prod(inner, dtype=int)) + 1).reshape(total, *inner)
    rows = np.array(data.draw(st.lists(st.integers(0, len(lengths) - 1), max_size=8)), np.int64)
    batch = Ragged(flat, np.array(lengths, np.int64)).take(rows)
    assert batch.shape == (len(rows), max([1, *(lengths[row] for row in rows)]), *inner)
    starts = np.cumsum([0, *lengths])
    for row, taken in zip(rows, batch, strict=True):
        assert (taken[: lengths[row]] == flat[starts[row] : starts[row] + lengths[row]]).all()
        assert not taken[lengths[row] :].any()


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(0, 50), max_size=60), st.integers(1, 9), st.sampled_from([None, 0, 1]))
def test_every_row_is_in_one_batch(sizes, rows, seed):
    generator = None if seed is None else np.random.default_rng(seed)
    found = list(batches(np.array(sizes, np.int64), rows, generator))
    assert sorted(np.concatenate([*found, np.empty(0, np.int64)]).tolist()) == list(range(len(sizes)))
    assert all(len(batch) <= rows for batch in found)
    assert len(found) == -(-len(sizes) // rows)


def test_rows_of_like_size_go_together():
    sizes = np.array([1, 90, 2, 80, 3, 95], np.int64)
    for generator in (None, np.random.default_rng(3)):
        groups = {frozenset(batch.tolist()) for batch in batches(sizes, 3, generator)}
        assert groups == {frozenset({0, 2, 4}), frozenset({1, 3, 5})}


def test_a_generator_shuffles_and_is_repeatable():
    sizes = np.arange(40)
    one, again, other = (
        [batch.tolist() for batch in batches(sizes, 4, np.random.default_rng(seed))] for seed in (1, 1, 2)
    )
    assert one == again != other


@pytest.mark.parametrize("chunk", [1, 5, 512])
def test_encoded_rows_are_those_of_the_codec(chunk, monkeypatch):
    monkeypatch.setattr("lepton_ai.training.ragged._CHUNK", chunk)
    texts = [*TEXTS[:9], "", "unseen"]
    expected = codec().encode(texts)
    rows = EncodedRows(codec(), texts, tuple(expected))
    assert len(rows) == len(texts)
    for name, array in zip(expected, rows.take(np.arange(len(texts)), tuple(expected)), strict=True):
        np.testing.assert_array_equal(array, expected[name])
