"""Why an item is recommended, in a form that every language can word."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lepton_ai.codecs.ranking.catalogue import Catalogue
from lepton_ai.core.types import JSON

KINDS = ("because_of", "popular", "similar_users")
"""An item of the history is much like it; many choose it; people with a like history chose it."""

NEARNESS = 0.3
"""From this cosine on an item of the history is told as the reason for another."""


def reasons(
    chosen: NDArray[Any], seen: NDArray[Any], *, catalogue: Catalogue, nearness: float = NEARNESS
) -> list[JSON]:
    """The reason for each chosen item: {"kind": one of `KINDS`, "items": ids of the history}.

    Args:
        chosen: Positions of the recommended items.
        seen: Positions of the items of the history.
        catalogue: Vectors and popularity of the items.
        nearness: From which cosine on an item of the history is the reason.
    """
    if len(seen) == 0 or len(chosen) == 0:
        return [_reason("popular") for _ in chosen]
    popular: list[bool] = (catalogue.popularity[chosen] >= catalogue.popular_from).tolist()
    told = [_reason("popular") if many else _reason("similar_users") for many in popular]
    vectors = catalogue.vectors
    if vectors.shape[1] == 0:
        return told
    alike = vectors[chosen] @ vectors[seen].T
    # An item that is recommended again is no reason for itself.
    alike[chosen[:, np.newaxis] == seen] = -1.0
    nearest = alike.argmax(axis=1)
    near = alike[np.arange(len(chosen)), nearest] >= nearness
    for place in np.flatnonzero(near).tolist():
        told[place] = _reason("because_of", catalogue.items.id(int(seen[nearest[place]]) + 1))
    return told


def _reason(kind: str, *items: str) -> JSON:
    return {"kind": kind, "items": list(items)}
