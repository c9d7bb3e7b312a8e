"""The reference profile: right, JSON and small."""

from __future__ import annotations

import datetime as dt
import json

import polars as pl

from lepton_ai.data import infer_schema, profile_table


def test_statistics():
    frame = pl.DataFrame(
        {
            "text": ["好好ab1!", "", None, "x" * 9] * 10,
            "label": ["a", "b", "a", None] * 10,
            "n": ["1", "2", "x", None] * 10,
            "flag": [True, False, None, True] * 10,
            "when": [dt.date(2026, 1, 1), dt.date(2026, 2, 1), None, None] * 10,
            "skip": [1] * 40,
        }
    )
    profile = profile_table(frame, infer_schema(frame, text="text", label="label"))
    columns = profile["columns"]
    assert profile["rows"] == 40
    assert profile["labels"] == {"a": 20, "b": 10}
    assert columns["text"]["missing_share"] == 0.25
    assert columns["text"]["blank"] == 10
    histogram = columns["text"]["length_histogram"]
    assert dict(zip(histogram["edges"], histogram["counts"], strict=True))[4] == 10
    assert sum(histogram["counts"]) == 30
    assert columns["text"]["characters"] == {
        "han": 20 / 150,
        "latin": 110 / 150,
        "digit": 10 / 150,
        "other": columns["text"]["characters"]["other"],
    }
    assert columns["flag"]["true"] == 20
    assert columns["when"]["last"].startswith("2026-02-01")
    assert "skip" not in columns
    assert json.loads(json.dumps(profile)) == profile


def test_it_stays_small_and_takes_odd_tables():
    frame = pl.DataFrame(
        {
            "text": [f"{n} " + "长" * 500 for n in range(500)],
            "label": [f"{n % 200}" + "名" * 999 for n in range(500)],
        }
    )
    profile = profile_table(frame, infer_schema(frame, text="text", label="label"))
    assert len(json.dumps(profile, ensure_ascii=False).encode()) < 50_000
    empty = pl.DataFrame(
        {"text": [None, None], "n": [None, None]}, schema={"text": pl.String, "n": pl.Float64}
    )
    assert profile_table(empty, infer_schema(empty, text="text"))["rows"] == 2
