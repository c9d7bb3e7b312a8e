"""Rows cut into folds of about equal size that are each like the whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lepton_ai.data.normalise import normalised, stable_fractions

if TYPE_CHECKING:
    import polars as pl


def fold_rows(texts: pl.Series, labels: pl.Series, *, folds: int, seed: int = 0) -> NDArray[np.int64]:
    """A fold number, 0 to `folds` - 1, for each row.

    Texts that are equal but for width, case, punctuation and spaces share a fold. Within a label the
    different texts are dealt out in turn, in an order that depends on the texts and the seed alone, so every
    fold has its share of every label and the order of the rows does not matter.

    Args:
        texts: Text of each row; none may be missing.
        labels: Label of each row; a text with several counts under the first in sorted order.
        folds: How many.
        seed: Another seed, other folds.
    """
    keys = normalised(texts).to_list()
    names = labels.cast(str).to_list()
    label_of: dict[str, str] = {}
    for key, name in zip(keys, names, strict=True):
        label_of[key] = min(label_of.get(key, name), name)
    fold_of = deal(label_of, folds=folds, seed=seed)
    return np.array([fold_of[key] for key in keys], np.int64)


def deal(stratum_of: Mapping[str, str], *, folds: int, seed: int) -> dict[str, int]:
    """A fold for each key: those of one stratum are dealt out in turn, in an order of keys and seed alone.

    Args:
        stratum_of: The stratum of each key.
        folds: How many.
        seed: Another seed, another order.
    """
    keys = list(stratum_of)
    order = np.lexsort((stable_fractions(keys, seed=seed), np.array(list(stratum_of.values()))))
    return {keys[place]: rank % folds for rank, place in enumerate(order.tolist())}
