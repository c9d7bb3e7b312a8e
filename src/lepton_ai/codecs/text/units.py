"""Texts cut into units: a word where words are written apart, a single character elsewhere."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lepton_ai.codecs.text.characters import SPACE, WORD, characters
from lepton_ai.codecs.text.hashing import Hashes, RollingHash, character_numbers

_END = "\x00"


@dataclass(frozen=True, eq=False)
class Units:
    """The units of several texts, one after the other.

    Attributes:
        texts: How many texts.
        starts: Where each unit begins, in characters of all texts.
        ends: Where each unit ends (not included).
        words: Indices of the units that are words; there is a character before the first and after the last.
        text: Number of the text that each unit belongs to.
        hashes: Hash of each unit.
        rolling: Hashes of stretches of characters; None when there is no word.
    """

    texts: int
    starts: NDArray[np.intp]
    ends: NDArray[np.intp]
    words: NDArray[np.intp]
    text: NDArray[np.intp]
    hashes: Hashes
    rolling: RollingHash | None


def segment(texts: Sequence[str]) -> Units:
    """The units of the texts, in compatibility form (full-width letters and the like unified) and lower case.

    A run of letters, digits, marks and apostrophes is one unit; a Han, Kana, Hangul, Thai (and the like)
    character and a punctuation mark or symbol is one each; white space and control characters separate.
    """
    points = _plain_points(texts)
    kind = characters().kind[points]
    in_word = kind == WORD
    begins = kind != SPACE
    begins[1:] &= ~(in_word[1:] & in_word[:-1])
    starts = np.flatnonzero(begins)
    words = np.flatnonzero(in_word[starts])
    ends = starts + 1
    hashes = character_numbers()[points[starts]]
    rolling = None
    if len(words):
        closes = in_word.copy()
        closes[:-1] &= ~in_word[1:]
        ends[words] = np.flatnonzero(closes) + 1
        rolling = RollingHash(points)
        hashes[words] = rolling.between(starts[words], ends[words])
    per_text = np.diff(np.searchsorted(starts, np.flatnonzero(points == 0)[1:]), prepend=0)
    return Units(
        texts=len(texts),
        starts=starts,
        ends=ends,
        words=words,
        text=np.repeat(np.arange(len(texts)), per_text),
        hashes=hashes,
        rolling=rolling,
    )


def _plain_points(texts: Sequence[str]) -> NDArray[np.uint32]:
    """Code points of all texts in plain form, each text closed by a zero, with one zero before the first."""
    points = _points(texts)
    joint = characters().joint[points]
    if joint.any():
        # Few texts need the slow way, and only those go it: no text depends on the others.
        marks = np.cumsum(points == 0)[joint] - 1
        slow = set(marks.tolist())
        texts = [_plain(text) if number in slow else text for number, text in enumerate(texts)]
        points = _points(texts)
    return characters().plain[points]


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()


def _points(texts: Sequence[str]) -> NDArray[np.uint32]:
    joined = _END.join(texts)
    if joined.count(_END) != max(0, len(texts) - 1):
        joined = _END.join(text.replace(_END, " ") for text in texts)
    return np.frombuffer(f"{_END}{joined}{_END}".encode("utf-32-le", "surrogatepass"), np.uint32)
