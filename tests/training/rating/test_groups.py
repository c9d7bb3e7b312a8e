from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_ai.training.rating.groups import blocks


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 4)), max_size=60))
def test_everybody_is_there_once_with_all_their_ratings(cells):
    own = np.array([cell[0] for cell in cells], np.int64)
    partners = np.array([cell[1] for cell in cells], np.int64)
    found = blocks(own, partners, shape=(7, 5))
    assert sorted(np.concatenate([block.own for block in found]).tolist()) == list(range(7))
    for block in found:
        assert block.ratings.shape == block.partners.shape
        for one, ratings, others in zip(block.own, block.ratings, block.partners, strict=True):
            real = ratings < len(cells)
            assert ratings[real].tolist() == np.flatnonzero(own == one).tolist()
            assert others[real].tolist() == partners[ratings[real]].tolist()
            assert (others[~real] == 5).all()


def test_blocks_are_even_and_bounded():
    own = np.repeat(np.arange(300), np.arange(300) * 5)
    for block in blocks(own, np.zeros_like(own), shape=(300, 1)):
        lengths = (block.ratings < len(own)).sum(1)
        assert lengths.max() == block.ratings.shape[1] <= max(2 * lengths.min(), 1)
        assert block.ratings.size <= 1 << 16
