"""Rows cut into folds of about equal size that are each like the whole."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lepton_ai.data.normalise import normalised, stable_fractions
from lepton_ai.data.similar import similar_groups

if TYPE_CHECKING:
    import polars as pl


def fold_rows(texts: pl.Series, labels: pl.Series, *, folds: int, seed: int = 0) -> NDArray[np.int64]:
    """A fold number, 0 to `folds` - 1, for each row.

    Texts that are equal but for width, case, punctuation and spaces share a fold, and so do texts that are
    nearly the same (see `similar_groups`). Within a label the groups are dealt out in turn, in an order that
    depends on the texts and the seed alone, so every fold has its share of every label and the order of the
    rows does not matter. A group that holds more texts than a fold's share of them, or of a label's, is no
    handful of copies but a template that the data are made of: its texts are dealt one by one.

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
    group_of = _groups(label_of, folds)
    stratum_of: dict[str, str] = {}
    for key, group in group_of.items():
        stratum_of[group] = min(stratum_of.get(group, label_of[key]), label_of[key])
    fold_of = deal(stratum_of, folds=folds, seed=seed)
    return np.array([fold_of[group_of[key]] for key in keys], np.int64)


def _groups(label_of: Mapping[str, str], folds: int) -> dict[str, str]:
    """For each text the first, in sorted order, of those that it is kept together with."""
    texts = sorted(label_of)
    firsts = similar_groups(texts).tolist()
    templates: set[int] = set()
    for strata in ([label_of[text] for text in texts], [""] * len(texts)):  # within each label, and in all
        share = {name: math.ceil(count / folds) for name, count in Counter(strata).items()}
        crowds = Counter(zip(firsts, strata, strict=True))
        templates |= {first for (first, name), count in crowds.items() if count > share[name]}
    return {
        text: text if first in templates else texts[first] for first, text in zip(firsts, texts, strict=True)
    }


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
