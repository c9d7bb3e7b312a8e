"""What is taken apart, and what is one value though it looks like several."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_ai.data.column_types import Facts
from lepton_ai.data.multi_valued import category_cells


def cells_of(values):
    series = pl.Series("kind", values)
    found = category_cells(Facts.of(series), series)
    return None if found is None else found[0]


@pytest.mark.parametrize(
    "values",
    [
        ["New York", "Los Angeles", "San Jose"] * 10,
        ["1,000", "2,000", "3,500", "1,500"] * 10,
        ["Sci-Fi", "Rock'n'Roll", "Other"] * 10,
        ["a", "b"] * 3,
    ],
)
def test_one_value_a_cell(values):
    assert cells_of(values) == [(value,) for value in values]


def test_repeats_blanks_and_missing_cells():
    values = [" a | b|", "b|b", "", None, "a", "b|c", "c|a", "a|b|c"] * 4
    assert cells_of(values)[:6] == [("a", "b"), ("b",), (), (), ("a",), ("b", "c")]


def test_lists_of_numbers_and_of_text():
    assert cells_of(["[1, 2]", '["1"]', "[]", None] * 6)[:4] == [("1", "2"), ("1",), (), ()]
    broken = ["[1, 2", "[1]"] * 6
    assert cells_of(broken) == [(value,) for value in broken]


def test_values_that_hardly_come_again_are_no_category():
    assert cells_of([f"value{n}" for n in range(50)]) is None
    assert cells_of([f"a{n}|b{n}" for n in range(50)]) is None


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.lists(st.sampled_from("abcdef"), unique=True, max_size=4), min_size=1, max_size=40),
    st.sampled_from("|;、,"),
)
def test_what_is_taken_apart_can_be_put_together(rows, mark):
    found = cells_of([mark.join(row) for row in rows])
    assert found is None or [mark.join(cell) for cell in found] == [mark.join(row) for row in rows]
