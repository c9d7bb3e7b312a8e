"""User, item, rating and time are told by names, and only when the values agree."""

from __future__ import annotations

import polars as pl
import pytest

from lepton_ai.core.errors import DataError, NotFoundError, UsageError
from lepton_ai.data import Schema, infer_interactions, infer_schema, read_table
from lepton_ai.data.interaction_schema import is_interactions
from lepton_ai.data.names import unmarked

VALUES = {
    "user": ["u1", "u2", "u1"],
    "item": ["a", "b", "c"],
    "rating": ["5", "3.5", ""],
    "time": ["881250949", "881250950", "881250960"],
}


def roles(frame, **flags):
    schema = infer_interactions(frame, **flags)
    return {column.role: column.name for column in schema.columns if column.role != "ignore"}


@pytest.mark.parametrize(
    ("user", "item", "rating", "time"),
    [
        ("user_id:token", "item_id:token", "rating:float", "timestamp:float"),
        ("userId", "movieId", "rating", "timestamp"),
        ("uid", "iid", "score", "ts"),
        ("用户ID", "商品", "评分", "时间戳"),
        ("用户", "物品", "打分", "时间"),
        ("reviewerID", "asin", "overall", "unixReviewTime"),
        ("CustomerID", "StockCode", "stars", "created_at"),
        ("member", "sku", "review_score", "event_time"),
        ("visitorid", "itemid", "rating", "timestamp"),
        ("session_id", "product_id", "user_rating", "Date"),
    ],
)
def test_names_tell_roles(user, item, rating, time):
    frame = pl.DataFrame(
        dict(
            zip(
                (time, item, rating, user),
                (VALUES[role] for role in ("time", "item", "rating", "user")),
                strict=True,
            )
        )
    )
    assert roles(frame) == {"user": user, "item": item, "rating": rating, "time": time}
    schema = infer_interactions(frame)
    assert is_interactions(schema)
    assert [schema.role(role).type for role in VALUES] == ["identifier", "identifier", "number", "datetime"]


def test_everything_is_explained_and_survives_json():
    schema = infer_interactions(pl.DataFrame({**VALUES, "device": ["phone", "web", "web"]}))
    assert Schema.from_json(schema.to_json()) == schema
    told = "\n".join(schema.explain())
    assert "'user' " in told
    assert "its name says user. Role: user." in told
    assert "it is neither user, item, rating nor time. Role: ignore." in told


def test_flags_come_first():
    frame = pl.DataFrame({"user": ["a"], "who": ["b"], "item": ["c"], "score": [1], "rating": [2]})
    assert roles(frame, user="who", rating="score") == {"user": "who", "item": "item", "rating": "score"}
    assert roles(frame, ignore=["rating", "score"]) == {"user": "user", "item": "item"}
    with pytest.raises(NotFoundError, match="'usr'"):
        infer_interactions(frame, user="usr")
    with pytest.raises(UsageError, match="one role"):
        infer_interactions(frame, user="who", item="who")


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("item_price", [1.5, 2.0, 3.0]),
        ("new_user", [True, False, True]),
        ("user_rating_count", [1, 2, 3]),
        ("movie_release_date", ["2020-01-01", "2020-01-02", "2020-01-03"]),
    ],
)
def test_names_that_only_hold_the_word_are_no_ids(name, values):
    found = roles(pl.DataFrame({name: values}))
    assert "user" not in found
    assert "item" not in found


def test_ratings_that_are_no_numbers_are_not_taken():
    schema = infer_interactions(pl.DataFrame({**VALUES, "rating": ["good", "bad", "good"]}))
    assert schema["rating"].role == "ignore"
    assert "its cells are no numbers, such as 'good'" in schema["rating"].reason


def test_times_that_are_no_moments_are_not_taken():
    schema = infer_interactions(pl.DataFrame({**VALUES, "time": ["31/01/2020", "soon", "later"]}))
    assert schema["time"].role == "ignore"
    assert "do not read as times, such as '31/01/2020'" in schema["time"].reason
    lengths = pl.DataFrame({"user": ["a", "b"], "item": ["a", "b"], "watch_time": [30, 400]})
    assert "time" not in roles(lengths)


def test_times_are_found_by_their_values():
    frame = pl.DataFrame({"user": ["a", "b"], "item": ["a", "b"], "when": ["2020-01-01", "2020-01-02"]})
    assert roles(frame)["time"] == "when"


def test_no_user_is_an_error_that_lists_what_could_be():
    schema = infer_interactions(pl.DataFrame({"who": ["a", "b"], "item": ["a", "b"], "n": [1, 2]}))
    with pytest.raises(DataError) as error:
        schema.role("user")
    assert "No column was recognised as the user" in str(error.value)
    assert "user=" in str(error.value)
    assert "'who', 'n'" in str(error.value)


def test_reviews_with_text_are_not_taken_for_events():
    text = [f"this is what I want to say about number {n} of the things" for n in range(30)]
    frame = pl.DataFrame({"user": ["a", "b", "c"] * 10, "item": ["x", "y"] * 15, "review": text})
    assert not is_interactions(infer_interactions(frame))
    assert infer_schema(frame).role("text").name == "review"


def test_empty_columns_get_no_role():
    frame = pl.DataFrame(
        {"user": [None, None], "item": ["a", "b"]}, schema={"user": pl.String, "item": pl.String}
    )
    assert roles(frame) == {"item": "item"}


def test_marks_of_types_are_taken_off():
    assert [unmarked(name) for name in ("user_id:token", "class:token_seq", "a:b")] == [
        "user_id",
        "class",
        "a:b",
    ]


@pytest.mark.real_data
def test_movielens_needs_no_flags(shared):
    folder = shared / "recommendation" / "movielens_100k"
    if not folder.is_dir():
        pytest.skip("movielens_100k is not among the public datasets")
    frame = read_table(folder / "ml-100k.inter.gz").frame
    assert roles(frame) == {
        "user": "user_id:token",
        "item": "item_id:token",
        "rating": "rating:float",
        "time": "timestamp:float",
    }
    for part in ("item", "user"):
        assert not is_interactions(infer_interactions(read_table(folder / f"ml-100k.{part}.gz").frame))
