from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slow_ranking import full_sort

from lepton_ai.codecs.ranking.top_k import top_k


@settings(deadline=None, max_examples=300)
@given(
    st.integers(1, 3000), st.integers(1, 40), st.integers(1, 4000), st.floats(0, 1), st.integers(0, 2**32 - 1)
)
def test_it_is_the_start_of_a_full_sort(count, k, different, masked, seed):
    rng = np.random.default_rng(seed)
    scores = (rng.integers(0, different, size=count) / 7 - 20).astype(np.float32)
    scores[rng.random(count) < masked] = -np.inf
    assert top_k(scores, k).tolist() == full_sort(scores.tolist(), k)


@pytest.mark.parametrize("count", [1, 127, 128, 129, 128 * 40, 128 * 40 + 1, 25_000])
@pytest.mark.parametrize("k", [1, 10, 100, 30_000])
def test_all_equal_scores_come_in_the_order_of_items(count, k):
    assert top_k(np.zeros(count, np.float32), k).tolist() == list(range(min(k, count)))


def test_nothing_is_left_of_nothing():
    assert top_k(np.full(1000, -np.inf, np.float32), 5).tolist() == []
    assert top_k(np.full(100_000, -np.inf, np.float32), 5).tolist() == []
    assert top_k(np.empty(0, np.float32), 5).tolist() == []


def test_scores_are_left_alone():
    scores = np.arange(20_000, dtype=np.float32)
    scores.flags.writeable = False
    assert top_k(scores, 2).tolist() == [19_999, 19_998]


@pytest.mark.parametrize("place", [0, 6399, 6400, 6449])
def test_the_best_is_found_wherever_it_lies(place):
    scores = np.zeros(6450, np.float32)
    scores[place] = 1
    rest = [each for each in range(3) if each != place]
    assert top_k(scores, 2).tolist() == [place, rest[0]]
