from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_ai.codecs.ranking import HistoryCodec, IdIndex
from lepton_ai.codecs.ranking.history import feature_word
from lepton_ai.core.errors import PackageError

ITEMS = ["a", "b", "c", "d", "e"]
EVENTS = [[1, 2, 2, 3], [], [5]]


def codec(**changes):
    parts = {
        "length": 3,
        "features": {"sex": ("f", "m"), "adult": ("false", "true")},
        "user_features": np.array([[1, 2], [0, 0], [2, 1]], np.int32),
        **changes,
    }
    starts = np.cumsum([0, *map(len, EVENTS)])
    return HistoryCodec(
        IdIndex(ITEMS), IdIndex(["u1", "u2", "33"]), starts, np.concatenate(EVENTS).astype(int), **parts
    )


def encoded(cell, **changes):
    return {name: array[0].tolist() for name, array in codec(**changes).encode([cell]).items()}


NOBODY = {"items": [0], "seen": [0], "user": [0], "features": [0, 0]}


@pytest.mark.parametrize(
    "cell", [None, [], {}, "unknown", {"user": None, "history": None}, True, {"user": []}, [[], {}]]
)
def test_nobody_is_known(cell):
    assert encoded(cell) == NOBODY


@pytest.mark.parametrize("cell", ["u1", " u1 ", {"user": "u1"}, {"user": "u1", "history": []}])
def test_a_known_user(cell):
    assert encoded(cell) == {"items": [3, 2, 2], "seen": [1, 2, 3], "user": [1], "features": [1, 2]}


@pytest.mark.parametrize("user", [33, 33.0, "33"])
def test_ids_may_be_numbers(user):
    assert encoded({"user": user})["user"] == [3]


def test_the_latest_items_come_first_and_unknown_ones_are_passed_over():
    assert encoded(["a", "zzz", "b", None, "e", "d"])["items"] == [4, 5, 2]
    assert encoded(["a", "zzz", "b", None, "e", "d"])["seen"] == [1, 2, 4, 5]


def test_a_new_event_counts_at_once():
    found = encoded({"user": "u1", "history": ["e", "a"]})
    assert found["items"] == [1, 5, 3]
    assert found["seen"] == [1, 2, 3, 5]
    assert found["user"] == [1]


def test_given_features_go_before_stored_ones():
    assert encoded({"user": "u1", "features": {"sex": "m"}})["features"] == [2, 2]
    assert encoded({"user": "u1", "features": {"sex": "other"}})["features"] == [0, 2]
    assert encoded({"features": {"adult": True}})["features"] == [0, 2]
    assert encoded({"features": 3}) == NOBODY


@pytest.mark.parametrize(("value", "word"), [(True, "true"), (False, "false"), (3.0, "3"), (" x ", "x")])
def test_words_of_features(value, word):
    assert feature_word(value) == word


def banded(ends=("20", "30.5", "60")):
    return HistoryCodec(
        IdIndex(["a"]),
        IdIndex(["u"]),
        np.array([0, 1]),
        np.array([1]),
        features={"age": ends},
        user_features=np.array([[2]], np.int32),
        banded=["age"],
    )


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (20, 1),
        (30.4, 1),
        (30.5, 2),
        ("61", 3),
        (5, 1),
        (10**9, 3),
        ("old", 0),
        (None, 0),
        (True, 0),
        ("nan", 0),
    ],
)
def test_numbers_count_by_the_band_they_are_in(value, number):
    assert banded().encode([{"features": {"age": value}}])["features"].tolist() == [[number]]


def test_bands_are_kept():
    again = HistoryCodec.restore(banded().params(), banded().arrays())
    assert again.encode([{"features": {"age": 45}}, "u"])["features"].tolist() == [[2], [2]]


@pytest.mark.parametrize("ends", [("60", "20"), ("young", "old"), ("20", "20.0"), ("nan", "1")])
def test_bands_that_are_none_are_refused(ends):
    with pytest.raises(PackageError, match="bands"):
        banded(ends)


def test_without_features_there_is_no_array_of_them():
    assert "features" not in codec(features=None, user_features=None).encode([None])
    assert "features" not in codec(features=None, user_features=None).cell_schema()["properties"]


CELLS = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 40)
    | st.floats()
    | st.sampled_from([*ITEMS, "u1", "u2", "33"]),
    lambda inner: (
        st.lists(inner, max_size=6)
        | st.fixed_dictionaries({}, optional={"user": inner, "history": inner, "features": inner})
    ),
    max_leaves=10,
)


@settings(deadline=None, max_examples=200)
@given(st.lists(CELLS, max_size=5))
def test_whatever_the_cells_are_rows_do_not_depend_on_one_another(cells):
    one = codec()
    together = one.encode(cells)
    assert (one.sizes(cells) <= one.length).all()
    for row, cell in enumerate(cells):
        for name, alone in one.encode([cell]).items():
            width = alone.shape[1]
            assert together[name][row, :width].tolist() == alone[0].tolist()
            assert not together[name][row, width:].any()


@settings(deadline=None, max_examples=100)
@given(st.lists(st.lists(st.sampled_from([*ITEMS, "other"]), max_size=9), max_size=5), st.integers(1, 6))
def test_histories_come_back(histories, length):
    one = HistoryCodec(IdIndex(ITEMS), IdIndex([]), np.zeros(1, int), np.empty(0, int), length=length)
    arrays = one.encode(histories)
    for row, history in enumerate(histories):
        known = [item for item in history if item in ITEMS]
        numbers = arrays["items"][row]
        assert one.items.ids(numbers[numbers > 0])[::-1] == known[-length:]
        seen = arrays["seen"][row]
        assert one.items.ids(seen[seen > 0]) == sorted(set(known))


def test_a_restored_codec_is_equal():
    one = codec()
    again = HistoryCodec.restore(json.loads(json.dumps(one.params())), one.arrays())
    cells = [None, "u1", {"user": 33, "history": ["b"], "features": {"sex": "f"}}]
    for name, array in one.encode(cells).items():
        assert again.encode(cells)[name].tolist() == array.tolist()
    assert again.cell_schema() == one.cell_schema()
    assert again.vocabulary() == {"items": 6, "user": 4}


def test_sizes_are_lengths():
    assert codec().sizes(["u1", None, ["a"], {"user": "u2", "history": ["a", "b"]}]).tolist() == [3, 0, 1, 2]


@pytest.mark.parametrize(
    ("starts", "events", "settings"),
    [
        ([0, 1], [1], {}),
        ([0, 1, 1, 2], [1], {}),
        ([0, 1, 0, 1], [1], {}),
        ([1, 1, 1, 1], [1], {}),
        ([0, 1, 1, 1], [6], {}),
        ([0, 1, 1, 1], [0], {}),
        ([0, 0, 0, 0], [], {"length": 0}),
        ([0, 0, 0, 0], [], {"user_features": np.ones((3, 1), int)}),
        ([0, 0, 0, 0], [], {"features": {"a": ("x",)}, "user_features": np.full((3, 1), 2)}),
    ],
)
def test_what_does_not_fit_is_refused(starts, events, settings):
    users = IdIndex(["u1", "u2", "u3"])
    with pytest.raises(PackageError):
        HistoryCodec(IdIndex(ITEMS), users, np.array(starts), np.array(events, int), **settings)


def test_unknown_settings_are_refused():
    with pytest.raises(TypeError, match="no setting 'speed'"):
        HistoryCodec.fit([], speed=1)
