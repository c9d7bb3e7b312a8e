from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_ai.codecs.ranking import ids as module
from lepton_ai.codecs.ranking.ids import IdIndex
from lepton_ai.core.errors import PackageError
from lepton_ai.core.ids import as_id

IDS = st.lists(st.text(min_size=1).filter(lambda text: as_id(text) == text), unique=True, max_size=30)


@pytest.mark.parametrize("most", [0, 1000])
@settings(deadline=None, max_examples=60)
@given(ids=IDS, others=st.lists(st.text() | st.integers() | st.none() | st.floats(), max_size=10))
def test_numbers_and_ids_are_each_others_inverse(most, ids, others):
    index = IdIndex(ids, most_in_memory=most)
    assert len(index) == len(ids)
    assert index.numbers(ids).tolist() == list(range(1, len(ids) + 1))
    assert index.ids(index.numbers(ids)) == ids
    expected = [ids.index(as_id(each)) + 1 if as_id(each) in ids else 0 for each in others]
    assert index.numbers(others).tolist() == expected
    again = IdIndex.restore("x", index.arrays("x"))
    assert again.numbers([*ids, *others]).tolist() == [*range(1, len(ids) + 1), *expected]
    assert again.arrays("x").keys() == index.arrays("x").keys()


def test_numbers_meet_text():
    index = IdIndex.of([42, "7", None, 42.0, " 7 ", float("nan"), True])
    assert index.ids([1, 2]) == ["42", "7"]
    assert index.numbers(["42", 7, 7.0, "007", None, True, [], {}]).tolist() == [1, 2, 2, 0, 0, 0, 0, 0]


@pytest.mark.parametrize("most", [0, 10])
def test_an_id_given_twice_is_refused(most):
    with pytest.raises(PackageError, match="twice"):
        IdIndex(["a", "b", "a"], most_in_memory=most)


def test_equal_hashes_are_told_apart(monkeypatch):
    monkeypatch.setattr(module, "_hash", len)
    index = IdIndex(["aa", "bb", "c", "dd"], most_in_memory=0)
    assert index.numbers(["dd", "aa", "c", "bb", "xx", "yyy"]).tolist() == [4, 1, 3, 2, 0, 0]


def test_hashes_are_the_same_everywhere():
    assert module._hash(b"i1") == 778860755400141486


@pytest.mark.parametrize("number", [0, -1, 3])
def test_numbers_outside_are_refused(number):
    with pytest.raises(IndexError):
        IdIndex(["a", "b"]).id(number)


def test_hashes_of_another_length_are_refused():
    arrays = IdIndex(["a", "b"], most_in_memory=0).arrays("x")
    arrays["x.order"] = arrays["x.order"][:1]
    with pytest.raises(PackageError, match="does not fit its hashes"):
        IdIndex.restore("x", arrays)


def test_a_damaged_order_finds_nothing():
    arrays = IdIndex(["a", "b"], most_in_memory=0).arrays("x")
    arrays["x.order"] = np.array([9, -5], np.int32)
    assert IdIndex.restore("x", arrays).numbers(["a", "b"]).tolist() == [0, 0]
