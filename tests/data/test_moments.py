"""Moments are read as a reader would, in any unit, zone and layout; nonsense is told."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_ai.data.moments import moment_text, moments

SECOND = 1_580_464_800
MOMENT = SECOND * 1000
UTC = dt.UTC


def read(values, dtype=None):
    return moments(pl.Series("when", values, dtype=dtype, strict=False))


@pytest.mark.parametrize(
    "value",
    [
        SECOND,
        SECOND * 1000,
        SECOND * 1_000_000,
        SECOND * 1_000_000_000,
        float(SECOND),
        f"{SECOND}",
        f"{SECOND}.0",
        "1.5804648e9",
        "2020-01-31T10:00:00Z",
        "2020-01-31 10:00",
        "2020-01-31 10:00:00 UTC",
        "2020-01-31T18:00:00+08:00",
        "2020-01-31T18:00:00+0800",
        "2020-01-31T18:00:00.000+08",
        "2020-01-31 04:30:00-05:30",
        "2020/1/31 10:00:00",
        "2020年1月31日 10:00",
        " 2020-01-31T10:00:00.000000 ",
        dt.datetime(2020, 1, 31, 10),
        dt.datetime(2020, 1, 31, 18, tzinfo=dt.timezone(dt.timedelta(hours=8))),
        20200131100000,
    ],
)
def test_one_moment_in_many_ways(value):
    found = read([value, None])
    assert found.values.to_list() == [MOMENT, None]
    assert not found.unreadable.any()


@pytest.mark.parametrize("value", ["2020-01-31", 20200131, "20200131", dt.date(2020, 1, 31), "2020.01.31"])
def test_dates_are_their_first_moment(value):
    assert read([value]).values.to_list() == [MOMENT - 36_000_000]


@pytest.mark.parametrize(
    "value",
    [
        *("soon", "2020-02-30", "2020-01-01T24:00:00", "2020-01-01T10:60:00", "2020-13-01", "31/01/2020"),
        *("2020-01-01+19:00", "1e300", "2020-01-01T10:00:00 Mars"),
    ],
)
def test_nonsense_is_told(value):
    found = read([value, "2020-01-31T10:00:00Z"])
    assert found.unreadable.tolist() == [True, False]
    assert found.values.to_list() == [None, MOMENT]


def test_blank_and_missing_cells_are_missing():
    found = read(["", "  ", None, str(SECOND)])
    assert found.values.to_list() == [None, None, None, MOMENT]
    assert not found.unreadable.any()


def test_units_may_be_mixed_where_they_can_be_told_apart():
    found = read([SECOND, MOMENT, MOMENT * 1000, 0])
    assert found.values.to_list() == [MOMENT, MOMENT, MOMENT, 0]
    assert "mixed units" in found.notes[0]
    words = read([str(SECOND), str(MOMENT), "2020-01-31T10:00:00Z"])
    assert words.values.to_list() == [MOMENT] * 3
    assert "1 cells written as dates" in words.notes[1]


def test_a_stray_number_among_moments_is_told():
    found = read([SECOND, SECOND + 1, MOMENT, 7])
    assert found.unreadable.tolist() == [False, False, False, True]


@pytest.mark.parametrize("numbers", [[3, 1, 2], [0, 5, 99_999_999], [3, 50_000_000_000, 200_000_000_000]])
def test_counts_that_are_no_moments_keep_their_order(numbers):
    found = read(numbers)
    assert found.values.to_list() == [number * 1000 for number in numbers]
    assert "for their order" in found.notes[0]


def test_other_kinds_of_cells_are_unreadable():
    found = read([True, None])
    assert found.unreadable.tolist() == [True, False]
    assert read([float("inf"), float(SECOND)]).unreadable.tolist() == [True, False]
    assert read([10**30], pl.Float64).unreadable.tolist() == [True]


def test_numbers_that_look_like_dates_but_are_none_are_told():
    assert read([20200131, 20200229, 20200230]).unreadable.tolist() == [False, False, True]


@settings(deadline=None, max_examples=100)
@given(
    st.lists(
        st.tuples(
            st.datetimes(dt.datetime(1971, 1, 1), dt.datetime(2099, 12, 31)),
            st.sampled_from(["", "Z", "+08:00", "-0330", "+01"]),
            st.sampled_from(["T", " "]),
            st.sampled_from(["auto", "seconds", "milliseconds", "minutes"]),
        ),
        min_size=1,
        max_size=20,
    ),
    st.booleans(),
)
def test_layouts_agree_with_python(cases, one_layout):
    if one_layout:
        cases = [(when, zone, *cases[0][2:]) for when, zone, *_ in cases]
    texts, expected = [], []
    for when, zone, separator, precision in cases:
        text = when.isoformat(separator, precision) + zone
        texts.append(text)
        known = dt.datetime.fromisoformat(text)
        known = known if known.tzinfo else known.replace(tzinfo=UTC)
        expected.append((known - dt.datetime(1970, 1, 1, tzinfo=UTC)) // dt.timedelta(milliseconds=1))
    assert read(texts).values.to_list() == expected


@settings(deadline=None, max_examples=100)
@given(st.lists(st.text(max_size=20) | st.integers().map(str) | st.none(), max_size=10))
def test_any_text_is_read_or_told(cells):
    found = read(cells, pl.String)
    for cell, value, wrong in zip(cells, found.values.to_list(), found.unreadable.tolist(), strict=True):
        blank = cell is None or not cell.strip()
        assert (value is None) == (blank or wrong)
        assert not (blank and wrong)


def test_moments_for_people():
    assert moment_text(MOMENT) == "2020-01-31T10:00:00Z"
    assert moment_text(10**17) == str(10**17)
