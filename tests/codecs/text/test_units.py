from __future__ import annotations

import numpy as np
import pytest
import slow_text
from hypothesis import given, settings
from slow_text import TEXTS, same_partition

from lepton_ai.codecs.text.units import normalize, segment


def strings(units):
    """The units of each text, read back from the code points."""
    found = [[] for _ in range(units.texts)]
    for start, end, text in zip(units.starts, units.ends, units.text, strict=True):
        found[text].append("".join(map(chr, units.points[start:end])))
    return found


@settings(deadline=None, max_examples=150)
@given(TEXTS)
def test_units_are_those_of_the_slow_way(texts):
    units = segment(texts)
    expected = [slow_text.units(text) for text in texts]
    assert strings(units) == expected
    flat = [unit for text in expected for unit in text]
    assert same_partition(flat, units.hashes.tolist())
    words = [index for index, unit in enumerate(flat) if slow_text.kind(unit[0]) == "word"]
    assert units.words.tolist() == words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Where's my PARCEL?", ["where's", "my", "parcel", "?"]),
        ("don’t", ["don’t"]),
        ("快递到哪了？", ["快", "递", "到", "哪", "了", "?"]),
        ("iPhone15 很好", ["iphone15", "很", "好"]),
        ("ｆｕｌｌ　ｗｉｄｔｈ１２", ["full", "width12"]),
        ("のカｶ", ["の", "カ", "カ"]),
        ("한국", ["한", "국"]),
        ("ไทย", ["ไ", "ท", "ย"]),
        ("good😀😀!!", ["good", "😀", "😀", "!", "!"]),
        ("cafe\u0301 naïve", ["café", "naïve"]),
        ("ﬁne", ["fine"]),
        ("a\x00b\x01c", ["a", "b", "c"]),
        ("\ud800x\udfff", ["x"]),
        (" \t\n\u3000", []),
        ("", []),
    ],
)
def test_units_of(text, expected):
    assert strings(segment([text])) == [expected]
    assert strings(segment(["before", text, "after"])) == [["before"], expected, ["after"]]


def test_no_texts():
    units = segment([])
    assert units.texts == 0
    assert len(units.starts) == len(units.hashes) == len(units.text) == 0
    assert units.rolling is None


def test_rolling_hashes_are_made_only_for_words():
    assert segment(["快递", "！"]).rolling is None
    assert segment(["快递 a"]).rolling is not None


def test_a_unit_has_one_hash_in_every_batch():
    alone = segment(["parcel 快"]).hashes
    among = segment(["the late", "快快 x", "parcel 快"])
    assert among.hashes[among.text == 2].tolist() == alone.tolist()


def test_case_depends_on_the_text_alone():
    one, two = "ΟΔΟΣ", "σ"
    assert [normalize(one), normalize(two)] == ["οδος", "σ"]
    assert strings(segment([one, two])) == [["οδος"], ["σ"]]


def test_each_text_is_closed_by_a_zero():
    units = segment(["ab", "", "快"])
    assert np.flatnonzero(units.points == 0).tolist() == [0, 3, 4, 6]
