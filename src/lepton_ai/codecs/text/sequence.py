"""Texts as sequences of units, each position with the unit and pieces of it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lepton_ai.codecs.text.hashing import BASE, Hashes, mix
from lepton_ai.codecs.text.padding import pad
from lepton_ai.codecs.text.units import Units
from lepton_ai.codecs.text.vocabulary import HashVocabulary
from lepton_ai.core.types import Arrays

PARTS = 3
"""Most ids at a position: the unit, its context or beginning, its ending."""

_MANY_WORDS = 0.3
_LONGEST = 100_000
PADDING, UNKNOWN = 0, 1
_RESERVED = 2
_BEGINNING, _ENDING = 4, 3
_PAIR_SALT, _BEGINNING_SALT, _ENDING_SALT = 5, 7, 11


class UnitSequence:
    """Ids of the units of a text in order.

    A position holds three ids. The first is the unit, or 1 when it is unknown. The second is, for a word,
    its first four characters, and for a single character, the pair it makes with the unit after it. The
    third is, for a word, its last three characters; it is left out where few units are words. The second
    and third are 0 when unknown or absent.

    Args:
        keys: Hashes of the known units and parts, each kind most frequent first.
        parts: Ids at a position, 2 or 3.
        longest: Positions of a text; from a longer one the first and the last half of that are taken.

    Raises:
        ValueError: `parts` or `longest` is out of bounds.
    """

    def __init__(self, keys: Hashes, *, parts: int, longest: int) -> None:
        if parts not in (PARTS - 1, PARTS) or not 1 <= longest <= _LONGEST:
            raise ValueError(f"a sequence has 2 or {PARTS} ids at each of 1 to {_LONGEST} positions")
        self.keys = keys
        self.parts = parts
        self.longest = longest
        self._vocabulary = HashVocabulary(keys)

    @property
    def ids(self) -> int:
        """How many ids there are, padding and unknown included."""
        return len(self.keys) + _RESERVED

    def encode(self, units: Units) -> Arrays:
        """`units` (int32, shape [texts, longest, parts])."""
        ids = np.stack(
            [self._vocabulary.lookup(hashes) + _RESERVED for hashes in _parts(units, self.parts)], 1
        )
        ids[:, 1:][ids[:, 1:] < _RESERVED] = PADDING
        ids[:, 0][ids[:, 0] < _RESERVED] = UNKNOWN
        lengths = np.bincount(units.text, minlength=units.texts)
        if lengths.max(initial=0) > self.longest:
            ids = ids[_ends_only(lengths, self.longest)]
            lengths = np.minimum(lengths, self.longest)
        return {"units": pad(ids, lengths)}


class UnitCounts:
    """Counts, batch by batch, what a sequence is made of."""

    def __init__(self) -> None:
        self._seen: list[list[Hashes]] = [[np.empty(0, np.uint64)] for _ in range(PARTS)]
        self._words = self._units = 0

    def add(self, units: Units) -> None:
        """Count a batch."""
        self._words, self._units = self._words + len(units.words), self._units + len(units.hashes)
        for kind, hashes in enumerate(_parts(units, PARTS)):
            self._seen[kind].append(hashes[hashes != 0])

    def sequence(self, *, most: int, least: int, longest: int) -> UnitSequence:
        """At most `most` units and as many parts of each kind, each seen at least `least` times."""
        parts = PARTS if self._words > _MANY_WORDS * self._units else PARTS - 1
        keys = [_most_frequent(np.concatenate(hashes), most, least) for hashes in self._seen[:parts]]
        return UnitSequence(np.concatenate(keys), parts=parts, longest=longest)


def _ends_only(lengths: NDArray[np.intp], longest: int) -> NDArray[np.bool_]:
    """Which positions stay when only the first and last half of `longest` of a long text do."""
    head = longest - longest // 2
    total = np.repeat(lengths, lengths)
    position = np.arange(int(lengths.sum())) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return (total <= longest) | (position < head) | (position >= total - longest // 2)


def _parts(units: Units, count: int) -> list[Hashes]:
    """Hashes of the first `count` ids of every position; 0 where there is none."""
    following = np.zeros_like(units.hashes)
    following[:-1] = np.where(units.text[1:] == units.text[:-1], units.hashes[1:], np.uint64(0))
    second = mix(units.hashes * BASE + following + np.uint64(_PAIR_SALT))
    starts, ends = units.starts[units.words], units.ends[units.words]
    if units.rolling is not None:
        until = np.minimum(starts + _BEGINNING, ends)
        second[units.words] = units.rolling.between(starts, until, _BEGINNING_SALT)
    if count < PARTS:
        return [units.hashes, second]
    third = np.zeros_like(second)
    if units.rolling is not None:
        since = np.maximum(ends - _ENDING, starts)
        third[units.words] = units.rolling.between(since, ends, _ENDING_SALT)
    return [units.hashes, second, third]


def _most_frequent(hashes: Hashes, most: int, least: int) -> Hashes:
    keys, counts = np.unique(hashes, return_counts=True)
    keys, counts = keys[counts >= least], counts[counts >= least]
    return keys[np.lexsort((keys, -counts))[:most]]
