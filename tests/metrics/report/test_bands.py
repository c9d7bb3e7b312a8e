import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_ai.metrics.report.bands import (
    COUNT_BANDS,
    POPULARITY_BANDS,
    bands_of,
    count_bands,
    popularity_bands,
)


@pytest.mark.parametrize(
    ("count", "band"),
    [
        (0, "none"),
        (1, "1-2"),
        (2, "1-2"),
        (3, "3-5"),
        (10, "6-10"),
        (11, "11-20"),
        (100, "51-100"),
        (101, "over 100"),
    ],
)
def test_counts_have_their_band(count, band):
    assert COUNT_BANDS[count_bands(count)] == band


def test_popular_items_hold_half_of_the_events():
    bands = popularity_bands({"a": 50, "b": 20, "c": 10, "d": 10, "e": 10, "f": 0})
    named = {item: POPULARITY_BANDS[band] for item, band in bands.items()}
    assert named == {"a": "popular", "b": "middling", "c": "middling", "d": "rare", "e": "rare", "f": "new"}
    assert bands_of(["a", "c", "unheard of", "f"], bands).tolist() == [1, 1, 0, 2]


@settings(deadline=None, max_examples=100)
@given(st.lists(st.integers(0, 1000), min_size=1, max_size=50))
def test_bands_follow_popularity(counts):
    bands = popularity_bands(dict(enumerate(counts)))
    order = np.argsort(-np.array(counts), kind="stable")
    assert [bands[item] for item in order.tolist()] == sorted(bands.values())
    popular = sum(counts[item] for item, band in bands.items() if band == 0)
    assert popular >= sum(counts) / 2
    assert all((band == 3) == (counts[item] == 0) for item, band in bands.items())
