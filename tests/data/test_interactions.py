"""Events come out clean and in order, whatever they were written in."""

from __future__ import annotations

import time

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_ai.core.errors import DataError
from lepton_ai.data import infer_interactions, read_interactions, read_table

ROWS = [
    {"user_id": 7, "item_id": "b", "rating": 4, "timestamp": 881250960},
    {"user_id": 7, "item_id": "a", "rating": 5, "timestamp": 881250949},
    {"user_id": 3, "item_id": "a", "rating": 1.5, "timestamp": 881250950},
]


def events_of(data, **flags):
    table = read_table(data)
    return read_interactions(table, infer_interactions(table.frame, **flags))


def csv(tmp_path, text, name="events.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_events_are_in_order_of_time():
    events = events_of(ROWS)
    assert events.frame.to_dict(as_series=False) == {
        "user": ["7", "3", "7"],
        "item": ["a", "a", "b"],
        "rating": [5.0, 1.5, 4.0],
        "time": [881250949000, 881250950000, 881250960000],
        "row": [2, 3, 1],
    }
    kinds = [pl.String, pl.String, pl.Float32, pl.Int64, pl.UInt32]
    assert events.frame.dtypes == kinds
    assert events.has_ratings
    assert events.has_times
    assert len(events) == 3
    assert events.notes[-1] == "3 events of 2 users with 2 items."
    assert "From 1997-12-04T15:55:49Z to 1997-12-04T15:56:00Z." in events.notes


def test_without_times_the_order_is_that_of_the_rows():
    events = events_of([{"user": "b", "item": "x"}, {"user": "a", "item": "x"}])
    assert events.frame.columns == ["user", "item", "row"]
    assert events.frame["row"].to_list() == [1, 2]
    assert not events.has_times
    assert not events.has_ratings


def test_every_form_of_data_gives_the_same(tmp_path):
    import h5py
    import pandas as pd
    import pyarrow as pa

    frame = pl.DataFrame(ROWS, infer_schema_length=None)
    columns = frame.to_dict(as_series=False)
    frame.write_parquet(tmp_path / "events.parquet")
    frame.write_csv(tmp_path / "events.csv")
    frame.write_csv(tmp_path / "events.inter", separator="\t")
    frame.write_ndjson(tmp_path / "events.jsonl")
    with h5py.File(tmp_path / "events.h5", "w") as file:
        for name, values in columns.items():
            file[name] = values
    forms = [columns, frame, pd.DataFrame(columns), pa.table(columns)]
    forms += [tmp_path / f"events.{ending}" for ending in ("parquet", "csv", "inter", "jsonl", "h5")]
    expected = events_of(ROWS)
    for form in forms:
        assert events_of(form).frame.equals(expected.frame), form


def test_numbers_of_one_file_meet_the_text_of_another():
    number = events_of([{"user": 42, "item": 1.0}, {"user": None, "item": 2.0}])
    text = events_of([{"user": " 42 ", "item": "1.0"}])
    assert number.frame["user"].to_list() == text.frame["user"].to_list() == ["42"]
    assert number.frame["item"].to_list() == text.frame["item"].to_list() == ["1"]
    assert "1 rows without a user or an item are left out." in number.notes


def test_repeats_are_left_out_and_counted():
    same = {"user": "a", "item": "x", "rating": 3, "time": "2020-01-01"}
    rows = [same, same, {**same, "rating": 4}, {**same, "time": "2020-01-02"}, {**same, "user": " a "}]
    events = events_of(rows)
    assert events.frame["row"].to_list() == [1, 3, 4]
    assert "2 rows that repeat another in user, item, rating, time are left out." in events.notes


@pytest.mark.parametrize(
    "times",
    [
        ["1580464800", "1580464801"],
        [1580464800000, 1580464801000],
        ["2020-01-31T10:00:00Z", "2020-01-31 18:00:01+08:00"],
        ["1580464800", "2020-01-31 10:00:01"],
    ],
)
def test_times_in_any_unit(times):
    events = events_of({"user": ["a", "a"], "item": ["x", "y"], "time": times})
    assert events.frame["time"].to_list() == [1580464800000, 1580464801000]


def test_missing_times_are_the_oldest_and_missing_ratings_stay_missing():
    rows = [
        {"user": "a", "item": "x", "rating": 1, "time": "2020-01-02"},
        {"user": "a", "item": "y", "rating": None, "time": None},
        {"user": "a", "item": "z", "rating": 2, "time": "2020-01-01"},
    ]
    events = events_of(rows)
    assert events.frame["row"].to_list() == [2, 3, 1]
    assert events.frame["rating"].to_list() == [None, 2.0, 1.0]
    assert "1 rows have no time; they are taken as the oldest." in events.notes
    assert "1 rows have no rating." in events.notes


def test_columns_without_a_value_are_left_out():
    rows = {"user": ["a", "b"], "item": ["x", "y"], "rating": ["", " "], "time": ["", None]}
    events = events_of(rows, rating="rating", time="time")
    assert events.frame.columns == ["user", "item", "row"]
    assert "'rating' has no rating in any row; it is left out." in events.notes
    assert "'time' has no time in any row; it is left out." in events.notes
    only_dropped = {"user": ["a", None], "item": ["x", "y"], "time": [None, "2020-01-01"]}
    assert not events_of(only_dropped).has_times


def test_cells_that_are_no_numbers_are_named():
    rows = {"user": list("abcd"), "item": list("wxyz"), "rating": ["5", "good", "4", "inf"]}
    with pytest.raises(DataError) as error:
        events_of(rows)
    assert "2 of 4 cells in 'rating' are no number: rows 2 ('good'), 4 ('inf')." in str(error.value)
    with pytest.raises(DataError, match="no number"):
        events_of({**rows, "rating": ["good", "bad", "good", "bad"]}, rating="rating")


def test_cells_that_are_no_times_are_named():
    rows = {
        "user": list("abcd"),
        "item": list("wxyz"),
        "time": ["2020-01-01", "2020-01-02", "soon", "2020-01-03"],
    }
    with pytest.raises(DataError) as error:
        events_of(rows)
    assert "1 of 4 cells in 'time' are no time: rows 3 ('soon')." in str(error.value)


def test_no_event_at_all_is_an_error(tmp_path):
    with pytest.raises(
        DataError, match="None of the 2 rows has both a user and an item in 'user' and 'item'"
    ):
        events_of({"user": ["a", None], "item": [None, "x"]}, user="user", item="item")
    with pytest.raises(DataError, match="holds no rows"):
        events_of(csv(tmp_path, "user,item\n"))
    with pytest.raises(DataError, match="is empty"):
        events_of(csv(tmp_path, "", "none.csv"))
    with pytest.raises(DataError, match="true and false"):
        events_of({"user": [True, False], "item": ["a", "b"]}, user="user")


def test_a_file_without_names_can_be_told_its_columns(tmp_path):
    path = csv(tmp_path, "196\t242\t3\t881250949\n186\t302\t3\t891717742\n", "u.tsv")
    with pytest.raises(DataError, match="Columns that could be it: 'column_1', 'column_2'"):
        events_of(path)
    events = events_of(path, user="column_1", item="column_2", rating="column_3", time="column_4")
    assert events.frame["user"].to_list() == ["196", "186"]


def test_one_item_is_a_catalogue():
    assert len(events_of([{"user": "a", "item": "x"}, {"user": "b", "item": "x"}])) == 2


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a", " a", "b", "", None]),
            st.sampled_from([1, 2, None]),
            st.sampled_from([None, 1.0, 2.0]),
            st.sampled_from([None, 1580464800, 1580464801, 1580464805]),
        ),
        min_size=1,
        max_size=30,
    )
)
def test_what_every_table_of_events_keeps(rows):
    types = {"user": pl.String, "item": pl.Int64, "rating": pl.Float64, "time": pl.Int64}
    frame = pl.DataFrame(rows, schema=types, orient="row")
    whole = [(u.strip(), str(i), r, t) for u, i, r, t in rows if u and u.strip() and i is not None]
    flags = {role: role for role in types}
    if not whole:
        with pytest.raises(DataError):
            events_of(frame, **flags)
        return
    found = events_of(frame, **flags).frame
    keys = [name for name in ("user", "item", "rating", "time") if name in found.columns]
    assert found.select(keys).is_duplicated().sum() == 0
    assert found.sort([*(["time"] if "time" in keys else []), "row"]).equals(found)
    assert set(found.select("user", "item").iter_rows()) == {event[:2] for event in whole}
    for event in found.iter_rows(named=True):
        source = rows[event["row"] - 1]
        assert (source[0].strip(), str(source[1])) == (event["user"], event["item"])


def test_a_million_events_take_seconds():
    random = np.random.default_rng(0)
    count = 1_000_000
    frame = pl.DataFrame(
        {
            "user_id": random.integers(0, 30_000, count),
            "item_id": random.integers(0, 25_000, count),
            "rating": random.integers(1, 6, count),
            "timestamp": random.integers(1_500_000_000, 1_700_000_000, count),
        }
    ).cast(pl.String)
    table = read_table(frame)
    started = time.process_time()
    events = read_interactions(table, infer_interactions(table.frame))
    assert time.process_time() - started < 3
    assert len(events) == count
