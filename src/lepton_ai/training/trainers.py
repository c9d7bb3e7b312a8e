"""Ways to train a network, by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from lepton_ai.core.progress import Progress
from lepton_ai.core.registry import Registry
from lepton_ai.networks import Network
from lepton_ai.training.ragged import EncodedRows


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """What a network is to learn.

    Attributes:
        rows: Encoded training rows.
        targets: The share of each class in each row's target, shape [rows, classes]; each row sums to 1.
        weights: How much each row counts, shape [rows], 1 on average.
        settings: The trainer's own settings.
        seed: Seed of everything random.
        progress: Told how far training has come.
        watch: Rows to stop early on, with their targets.
    """

    rows: EncodedRows
    targets: NDArray[np.float32]
    weights: NDArray[np.float32]
    settings: Mapping[str, Any]
    seed: int
    progress: Progress
    watch: tuple[EncodedRows, NDArray[np.float32]] | None = field(default=None)


class Trainer(Protocol):
    """Trains a network in place."""

    def __call__(self, network: Network, lesson: Lesson) -> Mapping[str, Any]:
        """Train.

        Returns:
            Settings with which the same training is repeated without rows to stop early on.

        Raises:
            TrainingError: The loss is not a number any more.
        """


TRAINERS: Registry[Trainer] = Registry(
    "trainer",
    {
        "steps": "lepton_ai.training.steps:train",
        "full_batch": "lepton_ai.training.full_batch:train",
    },
)
