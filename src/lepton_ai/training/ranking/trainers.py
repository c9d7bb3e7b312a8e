"""Ways to train a network of a recommender, by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from lepton_ai.core.progress import Progress
from lepton_ai.core.registry import Registry
from lepton_ai.networks import Network
from lepton_ai.training.ranking.histories import Histories


@dataclass(frozen=True, kw_only=True)
class RankingLesson:
    """What a network is to learn.

    Attributes:
        histories: The events.
        items: Items of the catalogue.
        length: The latest items of a history that a network reads.
        settings: The trainer's own settings.
        seed: Seed of everything random.
        progress: Told how far training has come.
    """

    histories: Histories
    items: int
    length: int
    settings: Mapping[str, Any]
    seed: int
    progress: Progress


class RankingTrainer(Protocol):
    """Trains a network in place."""

    def __call__(self, network: Network, lesson: RankingLesson) -> None:
        """Train.

        Raises:
            TrainingError: The loss is not a number any more.
        """


RANKING_TRAINERS: Registry[RankingTrainer] = Registry(
    "trainer of recommenders",
    {
        "next_item": "lepton_ai.training.ranking.next_item:train",
        "pairs": "lepton_ai.training.ranking.pairs:train",
        "autoencoder": "lepton_ai.training.ranking.linear:train_autoencoder",
        "transitions": "lepton_ai.training.ranking.linear:train_transitions",
        "neighbours": "lepton_ai.training.ranking.neighbours:train",
    },
)
