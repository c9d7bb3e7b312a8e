"""What a training of a recommender is told: the plan, and the events that it is carried out on."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec
import numpy as np
from numpy.typing import NDArray

from lepton_ai.core.plan import NetworkPlan


class RankingPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that decides what a training makes of its events.

    Attributes:
        task: Name in the task table.
        networks: The networks whose scores are blended; one is enough.
        length: The latest items of a history that the networks read.
        repeats: Whether an item may come again for the same user; otherwise those seen are never proposed.
        held_out_cells: How many scores (users times items) the blend and the report may rest on, at most.
        seed: Seed of everything random.
        explanation: Why the plan is as it is, a line each; not part of the fingerprint.
    """

    task: str
    networks: tuple[NetworkPlan, ...]
    length: int = 50
    repeats: bool = False
    held_out_cells: int = 8_000_000
    seed: int = 0
    explanation: tuple[str, ...] = ()

    def fingerprint(self) -> str:
        """SHA-256 over the canonical JSON of the plan, without the explanation."""
        bare = msgspec.structs.replace(self, explanation=())
        return hashlib.sha256(msgspec.json.encode(bare, order="sorted")).hexdigest()


@dataclass(frozen=True, kw_only=True)
class RankingRows:
    """Events by user, as a training reads them.

    Attributes:
        items: The catalogue: text ids, each once. Number n is `items[n - 1]`; 0 is padding.
        users: Text ids of the users, each once.
        starts: Shape [users + 1]: the events of user u are `events[starts[u]:starts[u + 1]]`, oldest first.
        events: Item numbers, 1 and up.
        held_out: The item that followed the history of some users, which nothing is trained on: user
            position to item number. Empty: the last event of users with enough of them is held out, and
            trained on in the end.
        item_words: For each item, the words that describe it ("genre=comedy", "harbour"); None when nothing
            is known of any.
        user_features: Names of the users' features, each with its known values.
        user_values: Shape [users, features]: number of each value, 1 and up, 0 when it is not known; None
            when users have no features.
        user_bands: Names of the features that are numbers in bands, told by their lower ends, ascending.
    """

    items: Sequence[str]
    users: Sequence[str]
    starts: NDArray[np.int64]
    events: NDArray[np.int32]
    held_out: Mapping[int, int] = field(default_factory=dict)
    item_words: Sequence[Sequence[str]] | None = None
    user_features: Mapping[str, Sequence[str]] = field(default_factory=dict)
    user_values: NDArray[np.int32] | None = None
    user_bands: Sequence[str] = ()

    def history(self, user: int) -> NDArray[np.int32]:
        """The item numbers of the user at a position, oldest first."""
        return self.events[self.starts[user] : self.starts[user + 1]]
