"""Users who walk around two rings of items, for whatever trains or scores a recommender."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from samples import RANKING_SETTINGS, RANKING_SMALL

from lepton_ai.core.progress import Silent
from lepton_ai.networks.ranking import RANKING_NETWORKS
from lepton_ai.networks.ranking.base import StateNetwork
from lepton_ai.training.ranking.histories import Histories
from lepton_ai.training.ranking.trainers import RANKING_TRAINERS, RankingLesson

ITEMS, USERS, STEPS = 12, 40, 4
VOCABULARY = {"items": ITEMS + 1, "user": USERS + 1}


class Counting(Silent):
    """Counts the steps that it is told of."""

    steps = 0

    def advance(self, steps: int = 1, note: str = "") -> None:
        self.steps += steps


def histories() -> Histories:
    """Which ring a user walks around, and from where, depends on the user."""
    walks = [[(user % 2) * 6 + (user // 2 + step) % 6 + 1 for step in range(STEPS)] for user in range(USERS)]
    starts = np.arange(USERS + 1, dtype=np.int64) * STEPS
    return Histories(starts, np.array(walks, np.int32).ravel())


def fresh(name: str, *, seed: int = 0):
    """A small network that was not trained."""
    torch.manual_seed(seed)
    small = {"width": 16, "dropout": 0.1} if issubclass(RANKING_NETWORKS[name], StateNetwork) else {}
    return RANKING_NETWORKS[name](VOCABULARY, ITEMS, **small | RANKING_SMALL.get(name, {}))


def learn(
    name: str, trainer: str, *, seed: int = 0, settings: Mapping[str, Any] | None = None, progress: Any = None
):
    """A network trained on the walks."""
    network = fresh(name, seed=seed)
    lesson = RankingLesson(
        histories=histories(),
        items=ITEMS,
        length=8,
        settings=RANKING_SETTINGS[trainer] | (settings or {}),
        seed=seed,
        progress=progress or Silent(),
    )
    RANKING_TRAINERS[trainer](network, lesson)
    return network.eval()


def arrays(users, *, extra: int = 0):
    """What networks read of some users, with `extra` positions of padding."""
    items = histories().newest_first(np.asarray(users, np.int64), 8)
    return {
        "items": np.pad(items, [(0, 0), (0, extra)]),
        "user": np.asarray(users, np.int64)[:, None] + 1,
        "seen": np.sort(items, 1),
    }


def scores(network, users, *, extra: int = 0):
    """Shape [users, items]."""
    given = arrays(users, extra=extra)
    with torch.no_grad():
        return network(*(torch.from_numpy(given[name]) for name in network.arrays)).numpy()


def on_the_right_ring(network) -> float:
    """Share of the users whose best item that they had not seen is of their ring."""
    found, walks = scores(network, range(USERS)), histories().events.reshape(USERS, STEPS)
    np.put_along_axis(found, walks - 1, -np.inf, 1)
    return float(((found.argmax(1) >= 6) == (walks[:, 0] > 6)).mean())
