from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_ai.codecs.text import frequency
from lepton_ai.codecs.text.frequency import TextFrequency

BATCHES = st.lists(st.lists(st.lists(st.integers(0, 12), max_size=8), max_size=5), max_size=6)
"""Batches of texts of hashes."""


def counted(batches):
    found = TextFrequency()
    for batch in batches:
        texts = np.array([number for number, text in enumerate(batch) for _ in text], np.intp)
        found.add(texts, np.array([one for text in batch for one in text], np.uint64))
    return found


def slow(batches, count, least):
    texts = Counter(one for batch in batches for text in batch for one in set(text))
    kept = sorted((-seen, one) for one, seen in texts.items() if seen >= least)[:count]
    return [one for _, one in kept], [-seen for seen, _ in kept]


@pytest.mark.parametrize("merge_at", [0, 3, 4_000_000])
def test_counts_are_those_of_a_dict(merge_at, monkeypatch):
    monkeypatch.setattr(frequency, "_MERGE_AT", merge_at)

    @settings(deadline=None, max_examples=60)
    @given(BATCHES, st.integers(1, 20), st.integers(1, 3))
    def check(batches, count, least):
        keys, counts = counted(batches).most_frequent(count, least=least)
        assert (keys.tolist(), counts.tolist()) == slow(batches, count, least)

    check()


def test_the_order_of_the_batches_does_not_matter():
    batches = [[[1, 2], [2]], [[3, 1]], [[2, 3], [5]]]
    one, other = (counted(each).most_frequent(9, least=1) for each in (batches, batches[::-1]))
    assert [part.tolist() for part in one] == [part.tolist() for part in other]


def test_over_the_limit_only_what_was_seen_once_is_forgotten(monkeypatch):
    monkeypatch.setattr(frequency, "_MERGE_AT", 0)
    monkeypatch.setattr(frequency, "_KEEP", 3)
    keys, counts = counted([[[1, 2], [1]], [[3, 4, 5]], [[2, 1]], [[6]]]).most_frequent(9, least=1)
    assert keys[0] == 1
    assert counts[0] == 3
    assert 4 not in keys


def test_nothing_was_added():
    assert [part.tolist() for part in TextFrequency().most_frequent(5, least=1)] == [[], []]
