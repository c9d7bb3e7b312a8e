"""Types, roles and the reasons for them."""

from __future__ import annotations

import datetime as dt
import json

import polars as pl
import pytest

from lepton_ai.core.errors import DataError, NotFoundError, UsageError
from lepton_ai.data import Schema, infer_schema
from lepton_ai.data.names import LABEL, TEXT, hint_rank, words_of

WORDS = ["refund", "please", "late", "parcel", "broken", "screen", "thanks", "hello", "price", "again"]


def sentences(count: int) -> list[str]:
    return [
        f"{WORDS[n % 10]} {WORDS[n // 10 % 10]} {WORDS[n // 100 % 10]} is what I want to say {n}"
        for n in range(count)
    ]


def roles(frame: pl.DataFrame, **flags) -> dict[str, str]:
    return {column.name: column.role for column in infer_schema(frame, **flags).columns}


def types(frame: pl.DataFrame) -> dict[str, str]:
    return {column.name: column.type for column in infer_schema(frame).columns}


def test_types():
    count = 60
    frame = pl.DataFrame(
        {
            "text": sentences(count),
            "n": [str(n * 1.5) for n in range(count)],
            "zip": [f"0{n % 7}123" for n in range(count)],
            "flag": ["yes", "no"] * 30,
            "when": [f"2026-{n % 12 + 1}-{n % 28 + 1}" for n in range(count)],
            "tag": ["a", "b", "c"] * 20,
            "order_id": [f"A-{n:05}" for n in range(count)],
            "day": [dt.date(2026, 1, 1)] * count,
            "page": [f"https://x.org/{n % 9}" for n in range(count)],
            "code": [f"XK{n * 7919 % 10007}" for n in range(count)],
            "none": [None] * count,
        }
    )
    assert types(frame) == {
        "text": "text",
        "n": "number",
        "zip": "category",
        "flag": "boolean",
        "when": "datetime",
        "tag": "category",
        "order_id": "identifier",
        "day": "datetime",
        "page": "identifier",
        "code": "identifier",
        "none": "category",
    }


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("message", "intent"),
        ("评论内容", "情感标签"),
        ("Review", "Sentiment"),
        ("问题", "类别"),
        ("user_text", "label_id"),
    ],
)
def test_names_tell_roles(text, label):
    frame = pl.DataFrame(
        {"other": sentences(40), text: sentences(40), "kind": ["p", "q"] * 20, label: ["1", "2"] * 20}
    )
    found = roles(frame)
    assert (found[text], found[label]) == ("text", "label")
    assert found["other"] == found["kind"] == "feature"


def test_small_tables_are_judged_by_names():
    frame = pl.DataFrame({"text": ["hi", "bye", "ok"], "label": ["a", "b", "a"]})
    assert roles(frame) == {"text": "text", "label": "label"}
    assert roles(pl.DataFrame({"text": ["only one"]})) == {"text": "text"}


def test_the_unnamed_index_column_is_an_identifier():
    frame = pl.DataFrame({"": range(40), "label": [0, 1] * 20, "TEXT": sentences(40)})
    schema = infer_schema(frame)
    assert schema[""].role == "ignore"
    assert schema["label"].type == "category"
    assert schema.role("text").name == "TEXT"


def test_reasons_are_in_words():
    frame = pl.DataFrame({"message": sentences(1288), "label": ["a", "b"] * 644})
    reason = infer_schema(frame)["message"].reason
    assert reason.startswith("'message' looks like free text: 1,288 distinct values of 1,288, ")
    assert "characters on average" in reason
    assert infer_schema(frame, text="message").explain()[0].endswith("as asked. Role: text.")


def test_flags():
    frame = pl.DataFrame(
        {"a": sentences(30), "b": sentences(30), "c": ["x", "y"] * 15, "u": list("abc") * 10, "t": [1] * 30}
    )
    schema = infer_schema(frame, text=["a", "b"], label="c", group="u", ignore=["t"])
    assert [column.name for column in schema.with_role("text")] == ["a", "b"]
    assert (schema.role("label").name, schema.role("group").name, schema["t"].role) == ("c", "u", "ignore")
    with pytest.raises(NotFoundError, match=r"'lable'.*Did you mean 'label'"):
        infer_schema(pl.DataFrame({"label": [1]}), label="lable")
    with pytest.raises(UsageError, match=r"'a' was named as text and as label"):
        infer_schema(frame, text="a", label="a")


def test_no_label_lists_the_candidates():
    frame = pl.DataFrame({"text": sentences(40), "colour": ["r", "g"] * 20, "size": ["s", "m"] * 20})
    with pytest.raises(DataError, match=r"label=.*'colour', 'size'"):
        infer_schema(frame).role("label")
    with pytest.raises(DataError, match=r"group=.*'text' \(text\)"):
        infer_schema(frame).role("group")


def test_the_only_category_is_the_label():
    assert (
        roles(pl.DataFrame({"column_1": ["a", "b"] * 20, "column_2": sentences(40)}))["column_1"] == "label"
    )


def test_json_round_trip():
    schema = infer_schema(pl.DataFrame({"text": sentences(30), "colour": ["r", "g", "b"] * 10}))
    assert Schema.from_json(json.loads(json.dumps(schema.to_json()))) == schema
    for value in (
        {},
        {"columns": [{"name": "a"}]},
        {"columns": [{"name": "a", "type": "x", "role": "text", "reason": ""}]},
    ):
        with pytest.raises(DataError):
            Schema.from_json(value)


def test_words_and_ranks():
    assert words_of("customerID") == ["customer", "id"]
    assert words_of("created_at:token") == ["created", "at", "token"]
    ranked = [hint_rank(name, LABEL) for name in ("label", "class", "user_label", "label_desc")]
    assert None not in ranked
    assert ranked == sorted(ranked)  # type: ignore[type-var]
    assert hint_rank("latex", TEXT) is None
