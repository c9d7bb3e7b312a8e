"""What a training for ratings is told: the plan, and the ratings that it is carried out on."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec
import numpy as np
from numpy.typing import NDArray

from lepton_ai.core.plan import NetworkPlan

USER_COLUMN, ITEM_COLUMN, RATING_COLUMN = "user", "item", "rating"
"""The columns of a model for ratings, whatever they are called in the data it was trained on."""


class RatingPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that decides what a training makes of its ratings.

    Attributes:
        task: Name in the task table.
        networks: The networks whose ratings are averaged; one is enough.
        folds: Into so many parts the ratings are divided at random.
        rounds: How many of the parts are held out in turn, each rated by networks that never saw it.
        seed: Seed of everything random.
        explanation: Why the plan is as it is, a line each; not part of the fingerprint.
    """

    task: str
    networks: tuple[NetworkPlan, ...]
    folds: int = 5
    rounds: int = 2
    seed: int = 0
    explanation: tuple[str, ...] = ()

    def fingerprint(self) -> str:
        """SHA-256 over the canonical JSON of the plan, without the explanation."""
        bare = msgspec.structs.replace(self, explanation=())
        return hashlib.sha256(msgspec.json.encode(bare, order="sorted")).hexdigest()


@dataclass(frozen=True, kw_only=True)
class EntityFeatures:
    """What is known of users or of items besides their ratings.

    Attributes:
        ids: Text ids, each once; some may have no rating.
        categories: Column to the values of each id, none or several.
        numbers: Column to one number for each id, shape [ids]; NaN where it is missing.
    """

    ids: Sequence[str]
    categories: Mapping[str, Sequence[Sequence[str]]] = field(default_factory=dict)
    numbers: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class RatingRows:
    """The ratings that a plan is carried out on, a row each.

    Attributes:
        users: Text id of the user of each rating.
        items: Text id of the item of each rating.
        ratings: Shape [rows].
        user_features: What is known of users.
        item_features: What is known of items.
    """

    users: Sequence[str]
    items: Sequence[str]
    ratings: NDArray[np.float32]
    user_features: EntityFeatures | None = None
    item_features: EntityFeatures | None = None
