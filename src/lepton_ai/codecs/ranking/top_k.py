"""The best few of many scores, exactly."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_BLOCK = 128
_WITHIN = np.arange(_BLOCK)[:, np.newaxis]


def top_k(scores: NDArray[Any], k: int) -> NDArray[np.intp]:
    """Positions of the `k` highest scores, best first; of equal ones the lower position comes first.

    The maxima of blocks tell which blocks can hold one of the best, and only those are looked into. (A
    block is every so many-th score: its maximum is found much faster than that of neighbours.) A score of
    minus infinity is never chosen, so there may be fewer than `k`.

    Args:
        scores: Shape [items], without NaN.
        k: How many, 1 or more.
    """
    whole = len(scores) // _BLOCK
    if 2 * k >= whole:
        return _direct(scores, k)
    maxima = np.empty(whole + 1, dtype=scores.dtype)
    np.max(scores[: whole * _BLOCK].reshape(_BLOCK, whole), axis=0, out=maxima[:whole])
    maxima[whole] = scores[whole * _BLOCK :].max(initial=-np.inf)
    # k blocks have a maximum of at least `least`, so no score under it is among the k best.
    least = np.partition(maxima, whole + 1 - k)[whole + 1 - k]
    blocks = np.flatnonzero((maxima >= least) & (maxima > -np.inf))
    if 2 * len(blocks) >= whole:
        return _direct(scores, k)
    positions = (_WITHIN * whole + blocks[blocks < whole]).ravel()
    if len(blocks) and blocks[-1] == whole:
        positions = np.concatenate([positions, np.arange(whole * _BLOCK, len(scores))])
    return positions[_direct(scores[positions], k)]


def _direct(scores: NDArray[Any], k: int) -> NDArray[np.intp]:
    """The same, by looking at every score."""
    there = np.flatnonzero(scores > -np.inf) if k >= len(scores) else _at_least_kth(scores, k)
    return there[np.argsort(-scores[there], kind="stable")[:k]]


def _at_least_kth(scores: NDArray[Any], k: int) -> NDArray[np.intp]:
    """Positions of all scores that are no lower than the k-th highest."""
    kth = np.partition(scores, len(scores) - k)[len(scores) - k]
    return np.flatnonzero(scores >= kth if kth > -np.inf else scores > kth)
