from __future__ import annotations

import time

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_ai.data.similar import SHORTEST, similar_groups, similar_pairs


def test_similar_pairs_are_exact():
    rng = np.random.default_rng(0)
    letters = list("abcdefghijklmnop天地玄黄宇宙洪荒")
    texts = ["".join(rng.choice(letters, 60)) for _ in range(300)]
    changed = [text[:30] + "#" + text[31:] for text in texts[:100]]
    pairs = similar_pairs(texts + changed)
    assert {left for left, _ in pairs} <= set(range(100))
    assert all(right == left + 300 for left, right in pairs)
    assert len(pairs) >= 95
    assert similar_pairs([]) == similar_pairs(["only one text"]) == []


def test_groups_hang_together_by_pairs():
    rng = np.random.default_rng(1)
    letters = list("abcdefghijklmnop天地玄黄宇宙洪荒")
    texts = ["".join(rng.choice(letters, 80)) for _ in range(40)]
    copies = [text[:40] + mark + text[41:] for text in texts for mark in "#?"]
    firsts = similar_groups(texts + copies)
    assert firsts[:40].tolist() == list(range(40))
    assert firsts[40:].tolist() == [number for number in range(40) for _ in "#?"]


@settings(deadline=None, max_examples=60)
@given(st.lists(st.text("ab快递", max_size=30), max_size=30))
def test_a_group_is_named_after_its_first(texts):
    firsts = similar_groups(texts)
    assert len(firsts) == len(texts)
    assert (firsts <= np.arange(len(texts))).all()
    assert (firsts[firsts] == firsts).all()
    short = [place for place, text in enumerate(texts) if len(text) < SHORTEST]
    assert firsts[short].tolist() == short


def test_many_texts_take_no_time():
    rng = np.random.default_rng(2)
    words = [f"word{number}" for number in range(5_000)]
    texts = [" ".join(rng.choice(words, 12)) for _ in range(20_000)]
    start = time.process_time()
    similar_groups(texts)
    assert time.process_time() - start < 2.0
