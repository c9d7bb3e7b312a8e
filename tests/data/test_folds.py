from __future__ import annotations

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_ai.data.folds import fold_rows

ROWS = st.lists(st.tuples(st.text(min_size=1, max_size=6), st.sampled_from("xyz")), min_size=1, max_size=60)


def folds_of(rows, *, folds=5, seed=0):
    texts, labels = zip(*rows, strict=True)
    return fold_rows(pl.Series(texts), pl.Series(labels), folds=folds, seed=seed)


@settings(deadline=None, max_examples=100)
@given(ROWS, st.integers(2, 6))
def test_equal_texts_share_a_fold_and_folds_are_even(rows, folds):
    found = folds_of(rows, folds=folds)
    assert found.min() >= 0
    assert found.max() < folds
    fold_of = {}
    for (text, _), fold in zip(rows, found.tolist(), strict=True):
        assert fold_of.setdefault(text, fold) == fold


@settings(deadline=None, max_examples=50)
@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(rows, chance):
    order = list(range(len(rows)))
    chance.shuffle(order)
    assert folds_of([rows[place] for place in order]).tolist() == folds_of(rows)[order].tolist()


def test_width_case_and_punctuation_do_not_part_texts():
    rows = [
        ("Where is it?", "x"),
        ("where is it", "x"),
        ("ｗｈｅｒｅ　ｉｓ　ｉｔ！", "y"),
        ("else", "x"),
        ("more", "y"),
    ]
    first, second, third, *_ = folds_of(rows).tolist()
    assert first == second == third


def test_every_fold_has_its_share_of_every_label():
    rows = [(f"text number {row}", "rare" if row < 10 else "common") for row in range(110)]
    found = folds_of(rows)
    rare = np.array([label == "rare" for _, label in rows])
    assert np.bincount(found[rare], minlength=5).tolist() == [2] * 5
    assert np.bincount(found[~rare], minlength=5).tolist() == [20] * 5


def test_another_seed_gives_other_folds():
    rows = [(f"text number {row}", "x") for row in range(50)]
    assert folds_of(rows, seed=1).tolist() != folds_of(rows, seed=2).tolist()
