from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slow_text import kind

from lepton_ai.codecs.text.characters import CODE_POINTS, SINGLE, SPACE, WORD, kinds

NAMES = {"space": SPACE, "single": SINGLE, "word": WORD}


@settings(deadline=None, max_examples=300)
@given(st.characters(codec=None))
def test_every_character_has_the_kind_of_its_category(character):
    assert kinds()[ord(character)] == NAMES[kind(character)]


@pytest.mark.parametrize(
    ("characters", "expected"),
    [
        ("aZéß9²'’я\u0301हא", WORD),
        ("快𠀀のカー한ไ!。，?$+😀", SINGLE),
        (" \t\n\x00\x7f\u3000\u200b\ud800\U0010ffff", SPACE),
    ],
)
def test_kinds_of_well_known_characters(characters, expected):
    assert {int(kinds()[ord(one)]) for one in characters} == {expected}


def test_the_table_is_made_once_and_cannot_be_changed():
    assert kinds() is kinds()
    assert kinds().shape == (CODE_POINTS,)
    with pytest.raises(ValueError, match="read-only"):
        kinds()[0] = 1
