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
        whole = last == units.text[: len(run)]
        texts.append(last[whole])
        hashes.append(run[whole])
    return np.concatenate(texts), np.concatenate(hashes)


def word_pieces(units: Units, shortest: int, longest: int) -> tuple[NDArray[np.intp], Hashes]:
    """Character n-grams inside words, each word with the character before and after it as its edges.

    Returns:
        The text and the hash of each occurrence, both of shape [occurrences].
    """
    none = np.empty(0, np.intp), np.empty(0, np.uint64)
    if units.rolling is None:
        return none
    count = len(units.points)
    inside = np.zeros(count + 1, np.int32)
    np.cumsum(units.in_word, out=inside[1:])
    text_at = np.cumsum(units.points == 0) - 1
    texts, hashes = [none[0]], [none[1]]
    for length in range(shortest, min(longest, count) + 1):
        first = np.arange(count - length + 1)
        if length == 2:
            fits = units.in_word[first] | units.in_word[first + 1]
        else:
            fits = inside[first + length - 1] - inside[first + 1] == length - 2
        start = first[fits]
        hashes.append(units.rolling.between(start, start + length, _PIECE_SALT + length))
        texts.append(text_at[start + ~units.in_word[start]])
    return np.concatenate(texts), np.concatenate(hashes)
