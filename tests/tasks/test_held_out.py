from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from lepton_ai.core.errors import DataError
from lepton_ai.data import infer_schema
from lepton_ai.tasks.held_out import FOLDS, given, in_turn


def table(**columns):
    rows = 50
    texts = [f"a message of the number {row}, which is long enough" for row in range(rows)]
    return pl.DataFrame({"text": texts, "label": ["x", "y"] * (rows // 2), **columns})


def held_out(frame, *, latest=False, **roles):
    schema = infer_schema(frame, text="text", label="label", **roles)
    return in_turn(frame, schema, rounds=2, seed=0, latest=latest)


def test_every_row_has_a_fold_with_its_share_of_every_label():
    frame = table()
    found = held_out(frame)
    assert found.rounds == 2
    assert found.refit
    for fold in range(FOLDS):
        labels = frame.filter(pl.Series(found.folds == fold))["label"].to_list()
        assert sorted(labels) == ["x"] * 5 + ["y"] * 5
    assert "2 fifths of the rows" in found.explanation


@pytest.mark.parametrize(("rounds", "told"), [(1, "A fifth of the rows is"), (FOLDS, "Each row is")])
def test_the_share_held_out_is_told(rounds, told):
    schema = infer_schema(table(), text="text", label="label")
    assert in_turn(table(), schema, rounds=rounds, seed=0).explanation.startswith(f"{told} held out once")


def test_nearly_equal_texts_share_a_fold():
    rng = np.random.default_rng(0)
    texts = ["".join(rng.choice(list("abcdefghijklmnopqrstuvwxyz"), 60)) for _ in range(25)]
    frame = table().with_columns(text=pl.Series([*texts, *(f"{text[:30]}7{text[31:]}" for text in texts)]))
    folds = held_out(frame).folds
    assert (folds[:25] == folds[25:]).all()


def test_equal_texts_share_a_fold():
    frame = table().with_columns(
        text=pl.Series([f"Message {row // 2}!" if row % 2 else f"message  {row // 2}" for row in range(50)])
    )
    folds = held_out(frame).folds
    assert (folds[::2] == folds[1::2]).all()


@pytest.mark.parametrize(("different", "rounds"), [(2, 2), (4, 2), (9, 2)])
def test_there_are_no_more_rounds_than_folds_with_rows(different, rounds):
    frame = table().with_columns(text=pl.Series([f"this is message {row % different}" for row in range(50)]))
    schema = infer_schema(frame, text="text", label="label")
    for wanted in (rounds, FOLDS):
        found = in_turn(frame, schema, rounds=wanted, seed=0)
        assert found.rounds == min(wanted, different)
        assert set(range(found.rounds)) <= set(found.folds.tolist())
        assert ("Each row is held out" in found.explanation) == (found.rounds == min(different, FOLDS))


def test_groups_are_kept_together():
    found = held_out(table(customer=[row // 5 for row in range(50)]), group="customer")
    assert (found.folds.reshape(-1, 5) == found.folds[::5, None]).all()
    assert set(found.folds.tolist()) == set(range(FOLDS))
    assert "'customer' are kept together" in found.explanation


def test_rows_without_a_group_are_one_group():
    groups = [None if row < 7 else f"g{row % 9}" for row in range(50)]
    assert len(set(held_out(table(customer=groups), group="customer").folds[:7].tolist())) == 1


def test_too_few_groups_are_told():
    with pytest.raises(DataError, match="has 2 different values; 5 are needed"):
        held_out(table(customer=["a", "b"] * 25), group="customer")


def test_the_latest_rows_are_held_out():
    order = np.random.default_rng(0).permutation(50)
    days = [f"2024-{1 + row // 28:02}-{1 + row % 28:02}" for row in order]
    found = held_out(table(when=days), time="when", latest=True)
    assert found.rounds == 1
    assert found.refit
    assert set(found.folds.tolist()) == {-1, 0}
    latest = [day for day, fold in zip(days, found.folds, strict=True) if fold == 0]
    earlier = [day for day, fold in zip(days, found.folds, strict=True) if fold == -1]
    assert len(latest) == pytest.approx(10, abs=1)
    assert min(latest) > max(earlier)
    assert "'when'" in found.explanation


def test_given_rows_come_last_and_are_never_trained_on():
    found = given(4, 3)
    assert found.folds.tolist() == [-1, -1, -1, -1, 0, 0, 0]
    assert (found.rounds, found.refit) == (1, False)
    assert "3 validation rows" in found.explanation


def test_a_seed_decides_the_folds():
    frame = table()
    schema = infer_schema(frame, text="text", label="label")
    one, again, other = (in_turn(frame, schema, rounds=2, seed=seed).folds.tolist() for seed in (1, 1, 2))
    assert one == again != other
