from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_ai.codecs.text.vocabulary import HashVocabulary


def hashes(count, seed=0):
    return np.unique(np.random.default_rng(seed).integers(0, 2**64, count, dtype=np.uint64))


@pytest.mark.parametrize("count", [1, 10, 1_000, 30_000])
def test_keys_get_their_place_in_the_list(count):
    keys = np.random.default_rng(1).permutation(hashes(count))
    numbers = HashVocabulary(keys).lookup(keys)
    found = numbers >= 0
    assert (numbers[found] == np.flatnonzero(found)).all()
    assert found.mean() > 0.97


def test_what_is_important_is_never_the_one_left_out():
    keys = np.random.default_rng(1).permutation(hashes(30_000))
    numbers = HashVocabulary(keys).lookup(keys)
    left_out = np.flatnonzero(numbers < 0)
    assert (numbers[:100] >= 0).all()
    assert not len(left_out) or np.median(left_out) > len(keys) / 2


def test_others_are_unknown():
    keys = hashes(20_000)
    others = np.setdiff1d(hashes(50_000, seed=9), keys)
    assert (HashVocabulary(keys).lookup(others) == -1).all()


def test_an_empty_list_knows_nothing():
    vocabulary = HashVocabulary(np.empty(0, np.uint64))
    assert len(vocabulary) == 0
    assert (vocabulary.lookup(np.array([0, 1, 2**63], np.uint64)) == -1).all()
    assert vocabulary.lookup(np.empty(0, np.uint64)).shape == (0,)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(0, 2**64 - 1), unique=True, max_size=40), st.lists(st.integers(0, 2**64 - 1)))
def test_no_hash_gets_the_number_of_another(keys, asked):
    vocabulary = HashVocabulary(np.array(keys, np.uint64))
    numbers = vocabulary.lookup(np.array(asked + keys, np.uint64)).tolist()
    for hashed, number in zip(asked + keys, numbers, strict=True):
        if number >= 0:
            assert keys[number] % 2**32 == hashed % 2**32
            assert (keys[number] == hashed) or hashed not in keys


def test_a_lookup_changes_nothing():
    keys = hashes(100)
    vocabulary = HashVocabulary(keys)
    asked = keys[::-1].copy()
    assert vocabulary.lookup(asked).tolist() == vocabulary.lookup(asked).tolist()
    assert asked.tolist() == keys[::-1].tolist()
