"""Side tables: the id is found, each column is put where it belongs, and all of it is said."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest

from lepton_ai.core.errors import DataError, NotFoundError
from lepton_ai.data import infer_interactions, read_interactions, read_side_table, read_table

GENRES = ["Comedy", "Drama", "Action", "Horror"]
COUNT = 40
KNOWN = [str(n) for n in range(1, COUNT + 1)]


def genres(n, mark):
    return mark.join(dict.fromkeys([GENRES[n % 4], GENRES[n // 4 % 4], GENRES[n // 7 % 4]]))


def films(**more):
    return {
        "item_id": list(range(1, COUNT + 1)),
        "title": [f"The long night of number {n}" for n in range(COUNT)],
        "description": [f"A film in which {n} people talk and nobody listens to them" for n in range(COUNT)],
        "genres": [genres(n, "|") for n in range(COUNT)],
        "studio": [["north", "south", "far east"][n % 3] for n in range(COUNT)],
        "price": [n / 2 for n in range(COUNT)],
        **more,
    }


def test_each_column_is_put_where_it_belongs():
    table = read_side_table(films(), known_ids=KNOWN)
    assert table.ids == KNOWN
    assert table.titles[3] == "The long night of number 3"
    assert table.texts[3] == f"{table.titles[3]}\nA film in which 3 people talk and nobody listens to them"
    assert table.categories["genres"][:2] == [("Comedy",), ("Drama", "Comedy")]
    assert table.categories["studio"][:3] == [("north",), ("south",), ("far east",)]
    assert table.numbers["price"].dtype == np.float32
    assert table.numbers["price"][:3].tolist() == [0.0, 0.5, 1.0]
    assert table.stock is None
    assert len(table) == COUNT
    told = "\n".join(table.notes)
    assert "'item_id' is the id: it holds 40 of the 40 known ones." in told
    assert "'title' is the title, and text." in told
    assert "'genres' is a category with several values in a cell, out of 4 ('|')." in told
    assert "'price' is a number." in told


@pytest.mark.parametrize("mark", ["|", ";", ", ", " ", "、", "/"])
def test_several_values_in_a_cell(mark):
    cells = [genres(n, mark) for n in range(COUNT)]
    table = read_side_table(films(genres=cells), known_ids=KNOWN)
    assert table.categories["genres"] == [tuple(cell.split(mark)) for cell in cells]


def test_lists_are_several_values(tmp_path):
    cells = [genres(n, "|").split("|") for n in range(COUNT)]
    path = tmp_path / "films.jsonl"
    rows = [{"item_id": n + 1, "genres": cell} for n, cell in enumerate(cells)]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    table = read_side_table(path, known_ids=KNOWN)
    assert table.categories["genres"] == [tuple(cell) for cell in cells]


def test_names_of_two_words_are_one_value():
    cities = ["New York", "Los Angeles", "San Jose", "Rome"] * 10
    table = read_side_table(films(city=cities), known_ids=KNOWN)
    assert table.categories["city"][0] == ("New York",)


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("stock", [0, 3, None, 1]),
        ("in_stock", [False, True, None, True]),
        ("库存", ["0", "12", "", "1"]),
        ("available", ["no", "yes", "", "yes"]),
        ("有货", ["否", "是", None, "是"]),
    ],
)
def test_stock(name, cells):
    table = read_side_table({"id": list("abcd"), name: cells}, known_ids="abcd")
    assert table.stock.tolist() == [False, True, False, True]
    assert table.stock.dtype == np.bool_
    assert not table.numbers
    assert not table.categories


def test_numbers_keep_their_gaps_and_dates_are_years():
    released = ["1995"] * 39 + ["unknown"]
    day = ["1970-01-01", "2020-01-01", *[None] * 38]
    table = read_side_table(films(year=released, day=day), known_ids=KNOWN)
    assert table.numbers["year"][0] == 1995
    assert np.isnan(table.numbers["year"][-1])
    assert table.numbers["day"][:2].tolist() == pytest.approx([0, 50], abs=0.01)
    assert np.isnan(table.numbers["day"][2])
    assert "'year' is a number, missing in 1 rows." in table.notes


def test_the_last_row_of_an_id_counts():
    table = read_side_table(
        {"sku": ["a", " b ", "a", None], "name": ["old", "other", "new", "lost"]}, known_ids={"a", "b", "c"}
    )
    assert table.ids == ["b", "a"]
    assert table.titles == ["other", "new"]
    told = "\n".join(table.notes)
    assert "1 rows without an id are left out." in told
    assert "1 rows repeat an id; the last of each counts." in told
    assert "1 ids with events are not in the side table." in told


def test_new_things_are_kept():
    table = read_side_table(films(), known_ids=KNOWN[:30])
    assert len(table) == COUNT
    assert "10 ids have no event; they are new ones." in table.notes


@pytest.mark.parametrize("ids", [[1, 2, 3], [1.0, 2.0, 3.0], ["1", "2", "3"], ["1.0", "2.0", "3.0"]])
def test_numbers_and_text_meet(ids):
    table = read_side_table({"movie": ids, "kind": ["a", "b", "a"]}, known_ids=["1", "2", "3"])
    assert table.ids == ["1", "2", "3"]


def test_the_id_is_found_by_what_it_holds():
    data = {"code": [f"k{n}" for n in range(COUNT)], "rank": list(range(COUNT))}
    assert read_side_table(data, known_ids=data["code"]).ids == data["code"]
    both = {"year": [n % 3 + 1 for n in range(COUNT)], "item": list(range(1, COUNT + 1))}
    assert read_side_table(both, known_ids=KNOWN).ids == KNOWN
    assert read_side_table(both, known_ids=[], id="item").ids == KNOWN
    assert read_side_table(both, known_ids=[]).ids == KNOWN


def test_a_file_of_other_things_is_refused():
    with pytest.raises(DataError) as error:
        read_side_table({"item": ["x", "y"], "n": [1, 2]}, known_ids=["a", "b"])
    assert "none of" not in str(error.value)
    assert "Identifiers held: 'item' (0), 'n' (0)." in str(error.value)
    with pytest.raises(DataError, match="No column"):
        read_side_table(films(), known_ids=["a"], id="item_id")
    with pytest.raises(NotFoundError, match="'itm_id'"):
        read_side_table(films(), known_ids=KNOWN, id="itm_id")


def test_columns_that_tell_nothing_are_left_out():
    zips = [f"Z{n * 7}" for n in range(COUNT)]
    table = read_side_table(films(zip=zips, empty=[None] * COUNT, one=["x"] * COUNT), known_ids=KNOWN)
    assert set(table.categories) == {"genres", "studio"}
    told = "\n".join(table.notes)
    assert "'empty' is empty and left out." in told
    assert "'one' holds one value only and is left out." in told
    assert "'zip' has too many different values to be a category (40 distinct values of 40)" in told


def test_a_table_of_ids_alone():
    table = read_side_table({"id": ["a"]}, known_ids=["a"])
    assert (table.titles, table.texts, table.categories, table.numbers) == (None, [""], {}, {})


def test_frames_are_read_too():
    assert read_side_table(pl.DataFrame(films()), known_ids=KNOWN).ids == KNOWN


@pytest.mark.real_data
def test_movielens_needs_no_flags(shared):
    folder = shared / "recommendation" / "movielens_100k"
    if not folder.is_dir():
        pytest.skip("movielens_100k is not among the public datasets")
    events = read_table(folder / "ml-100k.inter.gz")
    known = read_interactions(events, infer_interactions(events.frame)).frame
    items = read_side_table(folder / "ml-100k.item.gz", known_ids=known["item"].unique().to_list())
    assert items.titles[0] == "Toy Story"
    assert items.categories["class"][0] == ("Animation", "Children's", "Comedy")
    assert len({genre for genres in items.categories["class"] for genre in genres}) == 19
    assert items.numbers["release_year"][0] == 1995
    assert len(items) == 1682
    users = read_side_table(folder / "ml-100k.user.gz", known_ids=known["user"].unique().to_list())
    assert set(users.categories) == {"gender", "occupation"}
    assert set(users.numbers) == {"age"}
    assert users.titles is None
    assert len(users) == 943
