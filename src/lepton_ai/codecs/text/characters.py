"""What is known of every character: its kind, its plain form, and which need care."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

SPACE, SINGLE, WORD = 0, 1, 2
"""A separator; a character that is a unit by itself; a character that joins its neighbours to a word."""

CODE_POINTS = 0x110000

_ASSIGNED = 0x20000  # above are Han and, without a kind, private use and tags
_SINGLE_SCRIPTS = (
    (0x0E00, 0x0EFF),  # Thai, Lao: no spaces between words
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x3040, 0x30FF),  # Hiragana, Katakana
    (0x3400, 0x4DBF),  # Han, extension A
    (0x4E00, 0x9FFF),  # Han
    (0xAC00, 0xD7A3),  # Hangul syllables
    (0xF900, 0xFAFF),  # Han, compatibility
    (0x20000, 0x323AF),  # Han, extensions B to H
)
_PLAIN = ((0x3400, 0x9FFF), (0xAC00, 0xF8FF))  # neither case nor compatibility forms: nothing to look up
_HAN_FORMS = (0x2F800, 0x2FA20)  # compatibility forms above `_ASSIGNED`
_JAMO = (0x1160, 0x11FF)
_SIGMA = 0x3A3  # its lower case is another at the end of a word
_APOSTROPHES = (0x27, 0x2019)


@dataclass(frozen=True, eq=False)
class Characters:
    """Tables over all code points, each of shape [CODE_POINTS].

    Attributes:
        kind: `SPACE`, `SINGLE` or `WORD`.
        plain: The character in compatibility form (NFKC) and lower case, where that is one character.
        joint: True where the plain form depends on neighbours or is several characters.
    """

    kind: NDArray[np.uint8]
    plain: NDArray[np.uint32]
    joint: NDArray[np.bool_]


@cache
def characters() -> Characters:
    """The tables; made once in a process, at the first text."""
    kind = np.zeros(CODE_POINTS, np.uint8)
    plain = np.arange(CODE_POINTS, dtype=np.uint32)
    joint = np.zeros(CODE_POINTS, bool)
    for point in _worth_a_look():
        character = chr(point)
        category = unicodedata.category(character)[0]
        if category in "LNM":
            kind[point] = WORD
        elif category in "PS":
            kind[point] = SINGLE
        form = unicodedata.normalize("NFKC", character).lower()
        if len(form) == 1 and not _composes(form):
            plain[point] = ord(form)
        else:
            joint[point] = True
    joint[_SIGMA] = True
    for first, last in _SINGLE_SCRIPTS:
        kind[first : last + 1] = SINGLE
    kind[list(_APOSTROPHES)] = WORD
    for table in (kind, plain, joint):
        table.flags.writeable = False
    return Characters(kind, plain, joint)


def _worth_a_look() -> list[int]:
    skipped = {point for first, last in _PLAIN for point in range(first, last + 1)}
    return [*(point for point in range(_ASSIGNED) if point not in skipped), *range(*_HAN_FORMS)]


def _composes(form: str) -> bool:
    """Whether a character may become one with the character before it: marks, and later parts of Hangul."""
    return unicodedata.category(form)[0] == "M" or _JAMO[0] <= ord(form) <= _JAMO[1]
