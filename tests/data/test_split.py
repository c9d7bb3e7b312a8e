"""Splits: disjoint, complete, deterministic, and no text on two sides."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_ai.core.errors import DataError, UsageError
from lepton_ai.data import infer_schema, split_rows
from lepton_ai.data.normalise import normalised

TEXTS = st.sampled_from(
    ["Hi!", "hi", "refund", "Refund.", "退款", "退 款", "where is it", "", "ok", "OK", "thanks", "bye"]
)
TABLES = st.lists(
    st.tuples(TEXTS, st.sampled_from("abc"), st.sampled_from("uvwxyz")), min_size=1, max_size=60
)


def table(rows):
    frame = pl.DataFrame(rows, schema=["text", "label", "user"], orient="row")
    return frame, infer_schema(frame, text="text", label="label", group="user")


def sides(split, count):
    side = np.full(count, -1)
    for number, positions in enumerate((split.train, split.validation, split.holdout)):
        assert (side[positions] == -1).all()
        side[positions] = number
    assert (side >= 0).all()
    return side


@settings(deadline=None, max_examples=100)
@given(rows=TABLES, seed=st.integers(-5, 5), method=st.sampled_from(["hash", "group"]))
def test_what_every_split_keeps(rows, seed, method):
    frame, schema = table(rows)
    split = split_rows(frame, schema, method=method, seed=seed, holdout=0.3, validation=0.2)
    side = sides(split, len(rows))
    keys = normalised(frame["text"]).to_list() if method == "hash" else frame["user"].to_list()
    for key in set(keys):
        assert len({int(side[place]) for place, other in enumerate(keys) if other == key}) == 1
    assert len(split.train)
    again = split_rows(frame, schema, method=method, seed=seed, holdout=0.3, validation=0.2)
    assert (sides(again, len(rows)) == side).all()
    order = np.random.default_rng(0).permutation(len(rows))
    shuffled = split_rows(
        frame[order.tolist()], schema, method=method, seed=seed, holdout=0.3, validation=0.2
    )
    assert (sides(shuffled, len(rows)) == side[order]).all()
    if method == "hash":
        trained = {rows[place][1] for place in split.train}
        assert trained == {row[1] for row in rows}


def big(count):
    frame = pl.DataFrame(
        {"text": [f"message number {n}" for n in range(count)], "label": [str(n % 4) for n in range(count)]}
    )
    return frame, infer_schema(frame, text="text", label="label")


def test_shares_and_stability():
    frame, schema = big(5000)
    split = split_rows(frame, schema, holdout=0.2, validation=0.1)
    assert abs(len(split.holdout) / 5000 - 0.2) < 0.02
    assert abs(len(split.validation) / 5000 - 0.1) < 0.02
    per_class = [np.mean(split.holdout % 4 == label) for label in range(4)]
    assert max(per_class) - min(per_class) < 0.08
    part = split_rows(frame.head(2000), schema, holdout=0.2, validation=0.1)
    assert part.holdout.tolist() == [row for row in split.holdout.tolist() if row < 2000]
    assert split_rows(frame, schema, seed=1).holdout.tolist() != split.holdout.tolist()


def test_no_holdout():
    frame, schema = big(100)
    split = split_rows(frame, schema, holdout=0, validation=0)
    assert (len(split.train), len(split.validation), len(split.holdout)) == (100, 0, 0)


def test_a_rare_class_is_trained_on_and_said():
    frame = pl.DataFrame({"text": [f"row {n}" for n in range(60)], "label": [f"c{n}" for n in range(60)]})
    schema = infer_schema(frame, text="text", label="label")
    split = split_rows(frame, schema, holdout=0.3)
    assert len(split.train) == 60
    assert "classes had no training row" in " ".join(split.notes)


def test_time():
    days = [f"2026-01-{day:02}" for day in (3, 1, 2, 5, 4, 5, 6, 7, 8, 9)]
    frame = pl.DataFrame({"text": list("abcdefghij"), "when": days})
    schema = infer_schema(frame, text="text", time="when")
    split = split_rows(frame, schema, method="time", holdout=0.2, validation=0.2)
    assert split.holdout.tolist() == [8, 9]
    assert split.validation.tolist() == [6, 7]
    same = pl.DataFrame({"text": list("abcd"), "when": ["2026-01-01"] * 3 + [None]})
    split = split_rows(
        same, infer_schema(same, text="text", time="when"), method="time", holdout=0.5, validation=0.0
    )
    assert 3 in split.train.tolist()
    assert "without a time" in " ".join(split.notes)
    none = split_rows(frame, schema, method="time", holdout=0.0, validation=0.3)
    assert (len(none.validation), len(none.holdout)) == (3, 0)


def test_errors():
    frame, schema = big(20)
    for shares in ({"holdout": 1.0}, {"holdout": -0.1}, {"holdout": 0.6, "validation": 0.4}):
        with pytest.raises(UsageError, match=r"leave no rows"):
            split_rows(frame, schema, **shares)
    with pytest.raises(UsageError, match=r"'hsah'.*'hash'"):
        split_rows(frame, schema, method="hsah")
    with pytest.raises(DataError, match=r"group="):
        split_rows(frame, schema, method="group")
    with pytest.raises(DataError, match=r"reads as a time"):
        split_rows(frame, infer_schema(frame, text="label", time="text"), method="time")
