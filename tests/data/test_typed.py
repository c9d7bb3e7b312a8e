"""Text cells as the values they mean."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from lepton_ai.data.typed import as_booleans, as_numbers, as_text, as_times


def test_numbers():
    cells = ["1", "-2.5", "1e3", "007", "x", "", None, " 4 ", ".5", "0.0"]
    assert as_numbers(pl.Series(cells)).to_list() == [1, -2.5, 1000, None, None, None, None, 4, 0.5, 0]
    assert as_numbers(pl.Series([True, None])).to_list() == [1, None]
    assert as_numbers(pl.Series([dt.date(2026, 1, 1)])).to_list() == [None]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2026-01-31", dt.datetime(2026, 1, 31)),
        ("2017-1-7 16:44", dt.datetime(2017, 1, 7, 16, 44)),
        ("2026/1/2 03:04:05", dt.datetime(2026, 1, 2, 3, 4, 5)),
        ("2026-01-02T03:04:05.678Z", dt.datetime(2026, 1, 2, 3, 4, 5)),
        ("2026年1月2日", dt.datetime(2026, 1, 2)),
        ("1469376000", dt.datetime(2016, 7, 24, 16)),
        ("1469376000000", dt.datetime(2016, 7, 24, 16)),
        ("2026-13-45", None),
        ("soon", None),
    ],
)
def test_times(cell, expected):
    assert as_times(pl.Series([cell])).to_list() == [expected]


def test_times_of_dates_and_zones():
    assert as_times(pl.Series([dt.date(2026, 1, 1), None])).to_list() == [dt.datetime(2026, 1, 1), None]
    zoned = dt.datetime(2026, 1, 1, 8, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    assert as_times(pl.Series([zoned])).to_list() == [dt.datetime(2026, 1, 1)]


def test_text_and_booleans():
    assert as_text(pl.Series([1.0, None])).to_list() == ["1", None]
    assert as_text(pl.Series([1.5, 2.0])).to_list() == ["1.5", "2.0"]
    assert as_booleans(pl.Series(["Yes", "否", "x", None, " 1"])).to_list() == [True, False, None, None, True]
