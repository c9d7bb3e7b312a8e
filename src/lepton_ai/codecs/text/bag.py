"""Texts as bags of n-grams with tf-idf values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lepton_ai.codecs.text.frequency import TextFrequency
from lepton_ai.codecs.text.hashing import Hashes
from lepton_ai.codecs.text.ngrams import unit_ngrams, word_pieces
from lepton_ai.codecs.text.padding import pad
from lepton_ai.codecs.text.units import Units
from lepton_ai.codecs.text.vocabulary import HashVocabulary
from lepton_ai.core.types import Arrays, FloatArray

_LONGEST = 16
_COMMONEST, _RAREST = 1.0, 50.0  # in every text, and in one of more than could ever be read


@dataclass(frozen=True)
class Lengths:
    """What counts as an n-gram.

    Attributes:
        run: Units in the longest run.
        shortest_piece: Characters in the shortest piece of a word.
        longest_piece: Characters in the longest.

    Raises:
        ValueError: A length is out of bounds, which would make a text cost without bound.
    """

    run: int = 3
    shortest_piece: int = 3
    longest_piece: int = 5

    def __post_init__(self) -> None:
        if not 1 <= self.run <= _LONGEST or not 2 <= self.shortest_piece <= self.longest_piece <= _LONGEST:
            raise ValueError(f"n-grams have 1 to {_LONGEST} units, and pieces 2 to {_LONGEST} characters")


class NgramBag:
    """The known n-grams of a text, each with its tf-idf value; the values of a text have length 1.

    Value of an n-gram: (1 + ln tf) * (ln((1 + texts) / (1 + texts with it)) + 1), then scaled so that the
    squares of a text's values sum to 1 (Salton and Buckley 1988).

    Args:
        keys: Hashes of the known n-grams, most frequent first.
        rarity: Their inverse document frequencies.
        lengths: What counts as an n-gram.

    Raises:
        ValueError: There is not one frequency for each key, or one is none that texts can give.
    """

    def __init__(self, keys: Hashes, rarity: FloatArray, lengths: Lengths) -> None:
        # Squares and quotients of these stay finite and above 0.
        if rarity.shape != keys.shape or not ((rarity >= _COMMONEST) & (rarity <= _RAREST)).all():
            raise ValueError(f"each n-gram has an inverse document frequency from {_COMMONEST} to {_RAREST}")
        self.keys = keys
        self.lengths = lengths
        self.rarity = rarity
        self._vocabulary = HashVocabulary(keys)
        self._bits = max(1, len(keys)).bit_length()

    def encode(self, units: Units) -> Arrays:
        """`ngrams` (int32, 0 is padding) and `values` (float32), both of shape [texts, longest]."""
        text, hashes = _occurrences(units, self.lengths)
        number = self._vocabulary.lookup(hashes)
        known = np.flatnonzero(number >= 0)
        # One number for text and n-gram, so that one sort brings repeats together.
        both = _joined(text[known], number[known], units.texts, self._bits)
        both.sort()
        new = np.ones(len(both), bool)
        np.not_equal(both[1:], both[:-1], out=new[1:])
        first = np.flatnonzero(new)
        both = both[first]
        text = (both >> both.dtype.type(self._bits)).astype(np.intp)
        number = (both & both.dtype.type((1 << self._bits) - 1)).astype(np.int32)
        value = self.rarity[number]
        if len(first) < len(new):
            value *= 1 + np.log(np.diff(first, append=len(new))).astype(np.float32)
        counts = np.bincount(text, minlength=units.texts)
        length = np.sqrt(np.bincount(text, value * value, minlength=units.texts)).astype(np.float32)
        value /= np.repeat(length, counts)
        number += 1
        return {"ngrams": pad(number, counts), "values": pad(value, counts)}


class NgramCounts:
    """Counts, batch by batch, what a bag is made of.

    Args:
        lengths: What counts as an n-gram.
    """

    def __init__(self, lengths: Lengths) -> None:
        self._lengths = lengths
        self._frequency = TextFrequency()
        self._texts = 0

    def add(self, units: Units) -> None:
        """Count a batch; no text may be in two."""
        self._frequency.add(*_occurrences(units, self._lengths))
        self._texts += units.texts

    def bag(self, *, most: int, least_texts: int) -> NgramBag:
        """A bag of at most `most` n-grams that occur in at least `least_texts` texts."""
        keys, counts = self._frequency.most_frequent(most, least=least_texts)
        rarity = (np.log((1 + self._texts) / (1 + counts)) + 1).astype(np.float32)
        return NgramBag(keys, rarity, self._lengths)


def _joined(
    text: NDArray[np.intp], number: NDArray[np.int32], texts: int, bits: int
) -> NDArray[np.uint32] | NDArray[np.uint64]:
    """Text numbers above n-gram numbers of `bits` bits, in as small a type as holds them."""
    if texts.bit_length() + bits <= 32:
        return (text.astype(np.uint32) << np.uint32(bits)) | number.astype(np.uint32)
    return (text.astype(np.uint64) << np.uint64(bits)) | number.astype(np.uint64)


def _occurrences(units: Units, lengths: Lengths) -> tuple[NDArray[np.intp], Hashes]:
    runs = unit_ngrams(units, lengths.run)
    pieces = word_pieces(units, lengths.shortest_piece, lengths.longest_piece)
    return np.concatenate([runs[0], pieces[0]]), np.concatenate([runs[1], pieces[1]])
