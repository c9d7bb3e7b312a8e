from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_ai.codecs.text import hashing
from lepton_ai.codecs.text.hashing import BASE, RollingHash, character_numbers, mix

LIMIT = 1 << 64


def slow_mix(number):
    number ^= number >> 31
    number = number * 0xBF58476D1CE4E5B9 % LIMIT
    number ^= number >> 29
    number = number * 0x94D049BB133111EB % LIMIT
    return number ^ (number >> 32)


def slow_hash(points, salt):
    total = sum(int(character_numbers()[point]) * int(BASE) ** place for place, point in enumerate(points))
    return slow_mix((total + salt) % LIMIT)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.integers(0, LIMIT - 1), max_size=20))
def test_mix_is_its_definition(numbers):
    given_numbers = np.array(numbers, np.uint64)
    assert mix(given_numbers).tolist() == [slow_mix(number) for number in numbers]
    assert given_numbers.tolist() == numbers


@settings(deadline=None, max_examples=50)
@given(st.text(min_size=1, max_size=60), st.data())
def test_a_stretch_has_the_hash_of_its_definition_wherever_it_stands(text, data):
    points = np.array([ord(one) for one in text], np.uint32)
    start = data.draw(st.integers(0, len(points) - 1))
    end = data.draw(st.integers(start + 1, len(points)))
    salt = data.draw(st.integers(0, 2000))
    found = RollingHash(points).between(np.array([start]), np.array([end]), salt)
    assert found.tolist() == [slow_hash(points[start:end].tolist(), salt)]


def test_the_salt_makes_another_hash():
    rolling = RollingHash(np.array([97, 98], np.uint32))
    whole = np.array([0]), np.array([2])
    assert rolling.between(*whole, 1) != rolling.between(*whole, 2)


def test_a_long_array_after_a_short_one(monkeypatch):
    monkeypatch.setattr(hashing, "_cached", (np.ones(1, np.uint64), np.ones(1, np.uint64)))
    points = np.arange(70_000, dtype=np.uint32) % 100 + 97
    for count in (3, 70_000):
        rolling = RollingHash(points[:count])
        at = np.array([0, count - 3])
        assert rolling.between(at, at + 3).tolist() == [
            slow_hash(points[start : start + 3].tolist(), 0) for start in at.tolist()
        ]


def test_characters_have_different_numbers_that_cannot_be_changed():
    numbers = character_numbers()
    assert len(np.unique(numbers)) == len(numbers) == 0x110000
    with pytest.raises(ValueError, match="read-only"):
        numbers[0] = 1
