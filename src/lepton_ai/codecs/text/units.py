"""Texts cut into units: a word where words are written apart, a single character elsewhere."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lepton_ai.codecs.text.characters import SPACE, WORD, kinds
from lepton_ai.codecs.text.hashing import Hashes, RollingHash, character_numbers

_END = "\x00"


@dataclass(frozen=True, eq=False)
class Units:
    """The units of several texts, one after the other.

    Attributes:
        texts: How many texts.
        points: Code points of all texts, each text closed by a zero, with one zero before the first.
        in_word: Shape of `points`; true where the character belongs to a word.
        starts: Where each unit begins in `points`.
        ends: Where each unit ends in `points` (not included).
        words: Indices of the units that are words.
        text: Number of the text that each unit belongs to.
        hashes: Hash of each unit.
        rolling: Hashes of stretches of `points`; None when there is no word.
    """

    texts: int
    points: NDArray[np.uint32]
    in_word: NDArray[np.bool_]
    starts: NDArray[np.intp]
    ends: NDArray[np.intp]
    words: NDArray[np.intp]
    text: NDArray[np.intp]
    hashes: Hashes
    rolling: RollingHash | None


def normalize(text: str) -> str:
    """Compatibility forms unified (full-width letters and the like) and case dropped."""
    return (text if text.isascii() else unicodedata.normalize("NFKC", text)).lower()


def segment(texts: Sequence[str]) -> Units:
    """The units of the texts.

    A run of letters, digits, marks and apostrophes is one unit; a Han, Kana, Hangul, Thai (and the like)
    character and a punctuation mark or symbol is one each; white space and control characters separate.
    """
    joined = _END.join(texts)
    if joined.count(_END) != max(0, len(texts) - 1):
        joined = _END.join(text.replace(_END, " ") for text in texts)
    encoded = f"{_END}{normalize(joined)}{_END}".encode("utf-32-le", "surrogatepass")
    points = np.frombuffer(encoded, np.uint32)
    kind = kinds()[points]
    in_word = kind == WORD
    begins = kind != SPACE
    begins[1:] &= ~(in_word[1:] & in_word[:-1])
    starts = np.flatnonzero(begins)
    closes = in_word.copy()
    closes[:-1] &= ~in_word[1:]
    words = np.flatnonzero(in_word[starts])
    ends = starts + 1
    ends[words] = np.flatnonzero(closes) + 1
    per_text = np.diff(np.searchsorted(starts, np.flatnonzero(points == 0)[1:]), prepend=0)
    hashes = character_numbers()[points[starts]]
    rolling = None
    if len(words):
        rolling = RollingHash(points)
        hashes[words] = rolling.between(starts[words], ends[words])
    return Units(
        texts=len(texts),
        points=points,
        in_word=in_word,
        starts=starts,
        ends=ends,
        words=words,
        text=np.repeat(np.arange(len(texts)), per_text),
        hashes=hashes,
        rolling=rolling,
    )
