from __future__ import annotations

import pytest
import slow_text
from hypothesis import given, settings
from slow_text import TEXTS, same_partition

from lepton_ai.codecs.text.units import segment


def strings(texts):
    """The units of each text, cut out of the plain texts where `segment` says."""
    units = segment(texts)
    plain = "".join(f"\x00{slow_text.normal(text)}" for text in texts) + "\x00"
    found = [[] for _ in texts]
    for start, end, text in zip(units.starts, units.ends, units.text, strict=True):
        found[text].append(plain[start:end])
    assert units.texts == len(texts)
    return found


@settings(deadline=None, max_examples=150)
@given(TEXTS)
def test_units_are_those_of_the_slow_way(texts):
    units = segment(texts)
    expected = [slow_text.units(text) for text in texts]
    assert strings(texts) == expected
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
    assert strings([text]) == [expected]
    assert strings(["before", text, "after"]) == [["before"], expected, ["after"]]


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
    assert strings([one, two]) == [["οδος"], ["σ"]]
    assert segment([one]).hashes[0] == segment(["οδος"]).hashes[0]


@settings(deadline=None, max_examples=150)
@given(TEXTS)
def test_a_text_and_its_plain_form_have_the_same_units(texts):
    given_, plain = segment(texts), segment([slow_text.normal(text) for text in texts])
    assert given_.hashes.tolist() == plain.hashes.tolist()
    assert given_.text.tolist() == plain.text.tolist()
