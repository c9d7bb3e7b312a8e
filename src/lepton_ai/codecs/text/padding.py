"""Rows of unequal length to one array."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Scalar = TypeVar("Scalar", bound=np.generic)


def pad(flat: NDArray[Scalar], lengths: NDArray[np.intp]) -> NDArray[Scalar]:
    """Rows of `lengths` positions, one after the other in `flat`, filled up with zeros.

    Returns:
        Shape [rows, longest, ...]; the longest is at least 1, so that no axis is empty.
    """
    longest = max(1, int(lengths.max(initial=0)))
    if len(lengths) == 1 and len(flat) == longest:
        return flat[np.newaxis]
    padded = np.zeros((len(lengths), longest, *flat.shape[1:]), flat.dtype)
    padded[np.arange(longest) < lengths[:, np.newaxis]] = flat
    return padded
