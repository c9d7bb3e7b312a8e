"""Hashes of everything a linear model looks at: runs of units, and pieces of words."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lepton_ai.codecs.text.hashing import BASE, Hashes, mix
from lepton_ai.codecs.text.units import Units

_PIECE_SALT = 1000


def unit_ngrams(units: Units, longest: int) -> tuple[NDArray[np.intp], Hashes]:
    """Runs of 1 to `longest` units.

    Returns:
        The text and the hash of each occurrence, both of shape [occurrences].
    """
    texts, hashes = [units.text], [units.hashes]
    run = units.hashes
    for length in range(2, longest + 1):
        if len(units.hashes) < length:
            break
        run = mix(run[:-1] * BASE + units.hashes[length - 1 :] + np.uint64(length))
        last = units.text[length - 1 :]
        whole = np.flatnonzero(last == units.text[: len(run)])
        texts.append(last[whole])
        hashes.append(run[whole])
    return np.concatenate(texts), np.concatenate(hashes)


def word_pieces(units: Units, shortest: int, longest: int) -> tuple[NDArray[np.intp], Hashes]:
    """Character n-grams inside words, each word with the character before and after it as its edges.

    Returns:
        The text and the hash of each occurrence, both of shape [occurrences].
    """
    texts, hashes = [np.empty(0, np.intp)], [np.empty(0, np.uint64)]
    if units.rolling is not None:
        first = units.starts[units.words] - 1
        lengths = units.ends[units.words] - first
        within = np.arange(int(lengths.sum())) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        start = np.repeat(first, lengths) + within
        room = np.repeat(lengths + 1, lengths) - within
        text = np.repeat(units.text[units.words], lengths)
        for length in range(shortest, longest + 1):
            fits = np.flatnonzero(room >= length)
            begin = start[fits]
            hashes.append(units.rolling.between(begin, begin + length, _PIECE_SALT + length))
            texts.append(text[fits])
    return np.concatenate(texts), np.concatenate(hashes)
