"""Side files as words and features."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_ai.data import SideTable
from lepton_ai.tasks.side_words import item_words, text_words, user_features


def side(ids, *, texts=None, categories=None, numbers=None):
    return SideTable(
        ids=list(ids),
        titles=None,
        texts=texts or [""] * len(ids),
        categories=categories or {},
        numbers={name: np.array(values, np.float32) for name, values in (numbers or {}).items()},
        stock=None,
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The Long night, of 1999!", ["the", "long", "night", "of", "1999"]),
        ("深夜食堂", ["深夜", "夜食", "食堂"]),
        ("猫 和狗", ["猫", "和狗"]),
        ("iPhone15手机壳 Pro", ["iphone15", "手机", "机壳", "pro"]),
        ("it_is self-made", ["it", "is", "self", "made"]),
        ("", []),
        ("!? ...", []),
    ],
)
def test_words_of_texts(text, words):
    assert text_words(text) == words


@settings(deadline=None, max_examples=100)
@given(st.text())
def test_any_text_has_words_without_blanks(text):
    assert all(word and not any(sign.isspace() for sign in word) for word in text_words(text))


def test_items_have_the_words_of_all_their_columns():
    table = side(
        ["a", "b"],
        texts=["Long night", ""],
        categories={"genre": [("comedy", "short"), ()]},
        numbers={"year": [1990, np.nan]},
    )
    words = item_words(table, ["b", "a", "not in the file"])
    assert words[0] == []
    assert words[1] == ["genre=comedy", "genre=short", "year=1990 and up", "long", "night"]
    assert words[2] == []


def test_numbers_are_told_by_bands_of_about_as_many():
    table = side(range(80), numbers={"price": np.arange(80)})
    words = [each[0] for each in item_words(table, table.ids)]
    bands, counts = np.unique(words, return_counts=True)
    assert len(bands) == 8
    assert counts.min() >= 9
    assert words[0] == "price=0 and up"
    assert words == sorted(words, key=lambda word: float(word[6:-7]))


@settings(deadline=None, max_examples=100)
@given(st.lists(st.floats(width=32), min_size=1, max_size=40))
def test_every_finite_number_is_in_the_band_that_it_reaches(values):
    table = side(range(len(values)), numbers={"x": values})
    for value, words in zip(values, item_words(table, table.ids), strict=True):
        assert len(words) == np.isfinite(value)
        for word in words:
            low = float(word.removeprefix("x=").removesuffix(" and up"))
            assert low <= value + 1e-5 * max(1.0, abs(value))


def test_features_of_users_are_numbers_of_values():
    table = side(
        ["u", "v", "w"],
        categories={"city": [("rome", "oslo"), ("oslo",), ()], "same": [("x",)] * 3},
        numbers={"age": [20, 40, np.nan]},
    )
    found = user_features(table, ["w", "stranger", "u", "v"])
    assert found is not None
    assert list(found.values) == ["city", "age"]
    assert found.values == {"city": ("oslo", "rome"), "age": ("20", "40")}
    assert found.bands == ("age",)
    assert found.numbers.tolist() == [[0, 0], [0, 0], [2, 1], [1, 2]]
    assert found.numbers.dtype == np.int32


def test_a_rare_number_among_few_is_a_band_of_its_own():
    table = side(range(100), numbers={"gift": [0] * 95 + [1] * 5})
    assert item_words(table, [99]) == [["gift=1 and up"]]


def test_too_many_values_tell_nothing_of_a_user():
    names = [f"u{number}" for number in range(600)]
    assert user_features(side(names, categories={"nick": [(name,) for name in names]}), names) is None
