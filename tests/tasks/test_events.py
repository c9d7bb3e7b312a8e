"""Events and side files as a training reads them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest
from shop import ITEMS, STEPS, USERS, events, item_file, rated, user_file

from lepton_ai.core.errors import DataError, UsageError
from lepton_ai.data import read_table
from lepton_ai.tasks.events import EventColumns, Sides, items_by_user, rating_rows, refuse_targets, who
from lepton_ai.tasks.events import rated as rated_events

GUESSED = EventColumns(user=None, item=None, rating=None, time=None)
NAMED = EventColumns(user="buyer", item="thing", rating="stars", time=None)
OTHER_NAMES = [{"buyer": 1, "thing": "a", "stars": 4}, {"buyer": None, "thing": "b", "stars": None}]


def read(rows, columns=GUESSED):
    return columns.read(read_table(rows))


def test_columns_are_guessed_or_named():
    roles = {column.role: column.name for column in GUESSED.schema(read_table(rated())).columns}
    assert roles == {"user": "user", "item": "item", "rating": "rating", "time": "time"}
    named = NAMED.schema(read_table(OTHER_NAMES))
    assert named.role("user").name == "buyer"


def test_a_later_table_may_lack_columns_that_were_named():
    found = read([{"buyer": 1, "thing": "a"}], NAMED)
    assert found.frame.select("user", "item").rows() == [("1", "a")]
    assert not found.has_ratings
    assert read([{"user": 1, "item": "a"}], NAMED).frame["user"].to_list() == ["1"]


def test_ids_are_told_row_by_row():
    table = [*OTHER_NAMES, OTHER_NAMES[0]]
    assert NAMED.ids(table, "user", "item") == {"user": ["1", None, "1"], "item": ["a", "b", "a"]}
    assert GUESSED.ids({"user": [2.0, 1.0]}, "user") == {"user": ["2", "1"]}
    with pytest.raises(DataError, match="No column was recognised as the item"):
        GUESSED.ids({"user": [1]}, "user", "item")


@pytest.mark.parametrize(
    ("rows", "cells"),
    [
        ([1, "2", None], [1, "2", None]),
        ("1", ["1"]),
        (7, [7]),
        ({"user": 1}, [{"user": 1}]),
        ({"history": ["a"]}, [{"history": ["a"]}]),
        ({"user": [1, 2]}, ["1", "2"]),
        ({"member": [1, 2]}, ["1", "2"]),
        (pd.DataFrame({"user_id": [1, 2]}), ["1", "2"]),
        (np.array([1, 2]), [1, 2]),
        (pl.Series(["a"]), ["a"]),
        ([("a", "b"), np.array([3])], [["a", "b"], [3]]),
        ([], []),
    ],
)
def test_whom_rows_are_about(rows, cells):
    assert GUESSED.cells(rows) == cells


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, None),
        ("u", "u"),
        (3, 3),
        (np.int64(3), 3),
        (np.array(3), 3),
        (np.str_("u"), "u"),
        (np.float64("nan"), None),
        (float("nan"), None),
        (("a", 3), ["a", 3]),
        (np.array(["a"]), ["a"]),
        (pd.Series([1, 2]), [1, 2]),
        ([np.int32(1), float("nan")], [1, None]),
        ({"user": np.int64(1), "history": np.array([2]), "features": {"x": np.float32(0.5)}},
         {"user": 1, "history": [2], "features": {"x": 0.5}}),
    ],
)  # fmt: skip
def test_who_is_a_plain_cell(value, cell):
    found = who(value)
    assert found == cell
    assert type(found) is type(cell)


def test_side_files_are_read_against_the_events():
    sides = Sides.read(read(events()), items=item_file(), users=pd.DataFrame(user_file()))
    assert (len(sides.items), len(sides.users)) == (ITEMS + 2, USERS)
    notes = list(sides.notes())
    assert any("2 ids have no event" in note for note in notes)
    assert any("'city'" in note for note in notes)
    nothing = Sides.read(read(events()), items=None, users=None)
    assert list(nothing.notes()) == []


def test_rows_for_ratings():
    sides = Sides.read(read(rated()), items=item_file(), users=None)
    rows = rating_rows(read(rated()), sides)
    assert len(rows.users) == len(rows.items) == len(rows.ratings) == USERS * STEPS
    assert set(rows.item_features.categories) == {"genre"}
    assert set(rows.item_features.numbers) == {"year"}
    assert rows.user_features is None


def test_events_without_a_rating_are_left_out():
    some = [{"user": 1, "item": 2, "rating": 3}, {"user": 1, "item": 4, "rating": None}]
    assert rated_events(read(some))["rating"].to_list() == [3.0]
    for rows in (events(), [{"user": None, "item": 2, "rating": 3}, {"user": 1, "item": 4, "rating": None}]):
        with pytest.raises(DataError, match="no column of ratings, or it is empty"):
            rated_events(read(rows))


def test_items_by_user_are_each_once_and_in_order_of_time():
    rows = [
        {"user": "u", "item": "b", "time": 30},
        {"user": "v", "item": "a", "time": 20},
        {"user": "u", "item": "a", "time": 10},
        {"user": "u", "item": "a", "time": 40},
    ]
    assert items_by_user(read(rows)) == {"u": ["a", "b"], "v": ["a"]}


def test_targets_apart_are_refused():
    refuse_targets(None)
    for targets in ([1], [], np.array([1, 2])):
        with pytest.raises(UsageError, match="there is no y"):
            refuse_targets(targets)
