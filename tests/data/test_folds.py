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
    rows = [(f"text {row}", "rare" if row < 10 else "common") for row in range(110)]
    found = folds_of(rows)
    rare = np.array([label == "rare" for _, label in rows])
    assert np.bincount(found[rare], minlength=5).tolist() == [2] * 5
    assert np.bincount(found[~rare], minlength=5).tolist() == [20] * 5


def test_another_seed_gives_other_folds():
    rows = [(f"text number {row}", "x") for row in range(50)]
    assert folds_of(rows, seed=1).tolist() != folds_of(rows, seed=2).tolist()


def messages(count, seed=0):
    """Texts that have little in common."""
    rng = np.random.default_rng(seed)
    return ["".join(rng.choice(list("abcdefghijklmnopqrstuvwxyz天地玄黄宇宙洪荒"), 60)) for _ in range(count)]


def test_nearly_equal_texts_share_a_fold():
    originals = messages(60)
    rows = [
        (text[:start] + mark + text[start + 1 :], "xy"[number % 2])
        for number, text in enumerate(originals)
        for start, mark in ((0, ""), (20, "#"), (40, "Q"))
    ]
    for seed in range(3):
        found = folds_of(rows, seed=seed).reshape(-1, 3)
        assert (found == found[:, :1]).all()
        assert len(set(found[:, 0].tolist())) == 5


def test_nearly_equal_texts_of_two_labels_share_a_fold():
    texts = messages(40)
    rows = [(text, "x") for text in texts] + [(text[:30] + "#" + text[31:], "y") for text in texts]
    found = folds_of(rows)
    assert found[:40].tolist() == found[40:].tolist()


def test_a_template_that_a_label_is_made_of_is_in_every_fold():
    rows = [(f"please refund the order with the number {row}", "refund") for row in range(50)]
    rows += [(text, "other") for text in messages(50)]
    assert np.bincount(folds_of(rows)[:50], minlength=5).tolist() == [10] * 5


def test_the_order_of_nearly_equal_rows_does_not_matter():
    texts = messages(30)
    rows = [(text, "x") for text in texts] + [(text[:30] + "#" + text[31:], "y") for text in texts]
    order = np.random.default_rng(0).permutation(len(rows))
    assert folds_of([rows[place] for place in order]).tolist() == folds_of(rows)[order].tolist()
