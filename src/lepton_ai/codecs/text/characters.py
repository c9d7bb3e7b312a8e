"""What kind of character each code point is, and a random number for each."""

from __future__ import annotations

import unicodedata
from functools import cache

import numpy as np
from numpy.typing import NDArray

SPACE, SINGLE, WORD = 0, 1, 2
"""A separator; a character that is a unit by itself; a character that joins its neighbours to a word."""

CODE_POINTS = 0x110000

_ASSIGNED = 0x32000  # no letter, digit, mark or symbol stands above, but for private use and tags
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
_APOSTROPHES = (0x27, 0x2019)


@cache
def kinds() -> NDArray[np.uint8]:
    """The kind of every code point, shape [CODE_POINTS]."""
    table = np.zeros(CODE_POINTS, np.uint8)
    for point in range(_ASSIGNED):
        category = unicodedata.category(chr(point))[0]
        if category in "LNM":
            table[point] = WORD
        elif category in "PS":
            table[point] = SINGLE
    for first, last in _SINGLE_SCRIPTS:
        table[first : last + 1] = SINGLE
    table[list(_APOSTROPHES)] = WORD
    table.flags.writeable = False
    return table
