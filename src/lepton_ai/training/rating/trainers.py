"""Ways to train a network for ratings, by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from lepton_ai.core.progress import Progress
from lepton_ai.core.registry import Registry
from lepton_ai.networks import Network
from lepton_ai.training.rating.sparse import SparseMatrix


@dataclass(frozen=True, kw_only=True)
class RatingLesson:
    """What a network is to learn. Positions of users and items count from 0, a network's numbers from 1.

    Attributes:
        users: Position of the user of each rating.
        items: Position of the item of each rating.
        ratings: Shape [ratings].
        user_features: Shape [users, features].
        item_features: Shape [items, features].
        settings: The trainer's own settings.
        seed: Seed of everything random.
        progress: Told how far training has come.
    """

    users: NDArray[np.int64]
    items: NDArray[np.int64]
    ratings: NDArray[np.float64]
    user_features: SparseMatrix
    item_features: SparseMatrix
    settings: Mapping[str, Any]
    seed: int
    progress: Progress


class RatingTrainer(Protocol):
    """Trains a network in place."""

    def __call__(self, network: Network, lesson: RatingLesson) -> None:
        """Train.

        Raises:
            TrainingError: The numbers are not finite any more.
        """


RATING_TRAINERS: Registry[RatingTrainer] = Registry(
    "trainer for ratings", {"gibbs": "lepton_ai.training.rating.gibbs:train"}
)
