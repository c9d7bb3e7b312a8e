from __future__ import annotations

import unicodedata

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slow_text import kind

from lepton_ai.codecs.text.characters import CODE_POINTS, SINGLE, SPACE, WORD, characters


def plain_of(text):
    return unicodedata.normalize("NFKC", text).lower()


NAMES = {"space": SPACE, "single": SINGLE, "word": WORD}


@settings(deadline=None, max_examples=300)
@given(st.characters(codec=None))
def test_every_character_has_the_kind_of_its_category(character):
    assert characters().kind[ord(character)] == NAMES[kind(character)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("aZéß9²'’я\u0301हא", WORD),
        ("快𠀀のカー한ไ!。，?$+😀", SINGLE),
        (" \t\n\x00\x7f\u3000\u200b\ud800\U0010ffff", SPACE),
    ],
)
def test_kinds_of_well_known_characters(text, expected):
    assert {int(characters().kind[ord(one)]) for one in text} == {expected}


def test_the_plain_form_is_that_of_unicode():
    changed = [point for point in range(CODE_POINTS) if plain_of(chr(point)) != chr(point)]
    for point in changed:
        assert characters().joint[point] or chr(characters().plain[point]) == plain_of(chr(point)), hex(point)
    same = np.setdiff1d(np.flatnonzero(~characters().joint), changed)
    np.testing.assert_array_equal(characters().plain[same], same)


def test_what_becomes_one_with_the_character_before_it_is_joint():
    seconds = {
        parts[1]
        for point in range(CODE_POINTS)
        if len(parts := unicodedata.normalize("NFD", chr(point))) > 1
        and unicodedata.normalize("NFC", parts) == chr(point)
    }
    assert len(seconds) > 80
    for point in range(CODE_POINTS):
        if plain_of(chr(point)) in seconds:
            assert characters().joint[point], hex(point)


HARD = st.sampled_from("aAΣσςİ가각하ㅎㅏㅠㅋ각ｶﾞハ\u3099\u309aﾟe\u0301가ﬁ丽ǅ")


@settings(deadline=None, max_examples=300)
@given(st.text(st.one_of(HARD, st.characters(codec=None)), max_size=8))
def test_only_joint_characters_depend_on_their_neighbours(text):
    points = [ord(one) for one in text]
    if not characters().joint[points].any():
        plain = "".join(map(chr, characters().plain[points]))
        assert plain == unicodedata.normalize("NFKC", text).lower()


def test_the_tables_are_made_once_and_cannot_be_changed():
    assert characters() is characters()
    for table in (characters().kind, characters().plain, characters().joint):
        assert table.shape == (CODE_POINTS,)
        with pytest.raises(ValueError, match="read-only"):
            table[0] = 1
