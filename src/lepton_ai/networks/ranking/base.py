"""What the networks of a recommender have in common: a state for each place of a history, scored by item."""

from __future__ import annotations

import copy
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import ClassVar, Self

import torch
from torch import Tensor, nn

from lepton_ai.networks.base import Network
from lepton_ai.networks.ranking.item_table import ItemTable

_UNKNOWN = 0.3


class UserFeatures(nn.Module):
    """The sum of one vector for each known feature of a user; while training, some are taken for unknown.

    Args:
        sizes: How many values each feature has.
        width: Length of a vector.
    """

    def __init__(self, sizes: Sequence[int], width: int) -> None:
        super().__init__()
        offsets = [sum(sizes[:place]) for place in range(len(sizes))]
        self.offsets: Tensor
        self.register_buffer("offsets", torch.tensor(offsets), persistent=False)
        self.vectors = nn.Embedding(sum(sizes) + 1, width, padding_idx=0)
        nn.init.normal_(self.vectors.weight, std=0.02)
        with torch.no_grad():
            self.vectors.weight[0] = 0.0

    def forward(self, values: Tensor) -> Tensor:
        """Shape [rows, width], for the numbers of values [rows, features], 1 and up; 0 where unknown."""
        if self.training:
            values = values * (torch.rand(values.shape, device=values.device) >= _UNKNOWN)
        numbers = torch.where(values > 0, values + self.offsets, 0)
        summed: Tensor = self.vectors(numbers).sum(1)
        return summed


class ItemNetwork(Network):
    """A network whose classes are the items of a catalogue."""

    @abstractmethod
    def stand_in(self, new: Tensor, alike: Tensor) -> None:
        """Let items that no event taught anything behave like the mean of others, in place.

        Args:
            new: Positions of those items, shape [new].
            alike: Positions of the items that each is most like, shape [new, any]; of width 0 when nothing
                is known of them, which makes them the least likely.
        """


class StateNetwork(ItemNetwork):
    """Reads a history, newest item first, and gives a state that is compared with the vectors of all items.

    Position j of a history is read as if everything before it had not happened yet, so that one pass learns
    from every event: the state at j is to foretell the item at j - 1. A state never looks at where its
    position is, only at how far back others are.

    Args:
        vocabulary: "items" is the number of items plus one.
        classes: Items of the catalogue.
        width: Length of a vector.
        dropout: Share of the numbers left out while training.
        words: Words of the items, see `ItemTable`.
        features: How many values each feature of the users has; none without features.
    """

    arrays: ClassVar[tuple[str, ...]] = ("items",)

    def __init__(
        self,
        vocabulary: Mapping[str, int],
        classes: int,
        *,
        width: int = 64,
        dropout: float = 0.3,
        words: Tensor | None = None,
        features: Sequence[int] = (),
    ) -> None:
        super().__init__(vocabulary, classes)
        self.table = ItemTable(classes, width, words)
        self.dropout = nn.Dropout(dropout)
        self.norm = nn.LayerNorm(width)
        self.features = UserFeatures(features, width) if features else None
        if features:
            self.arrays = ("items", "features")  # type: ignore[misc]

    @abstractmethod
    def read(self, vectors: Tensor, real: Tensor) -> Tensor:
        """States of shape [rows, length, width].

        Args:
            vectors: Shape [rows, length, width], newest first, zero where padded.
            real: Shape [rows, length], true before the padding.
        """

    def states(self, items: Tensor, features: Tensor | None = None) -> Tensor:
        """Normalised states of shape [rows, length, width], ready to be compared with item vectors."""
        padded = torch.cat([self.table.own.new_zeros(1, self.table.own.shape[1]), self.table.vectors()])
        states = self.read(self.dropout(padded[items]), items > 0)
        if self.features is not None and features is not None:
            states = states + self.features(features).unsqueeze(1)
        normed: Tensor = self.norm(states)
        return normed

    def compare(self, states: Tensor, vectors: Tensor | None = None) -> Tensor:
        """Scores of all items for states of shape [..., width]."""
        vectors = self.table.vectors() if vectors is None else vectors
        return states @ vectors.T * self.table.scale + self.table.bias

    def forward(self, *arrays: Tensor) -> Tensor:
        """Scores of shape [rows, classes] for what comes next."""
        return self.compare(self.states(*arrays)[:, 0])

    def stand_in(self, new: Tensor, alike: Tensor) -> None:
        """See `ItemNetwork.stand_in`."""
        self.table.stand_in(new, alike)

    @classmethod
    def for_serving(cls, trained: Sequence[Self], weights: Sequence[float]) -> list[tuple[Network, float]]:
        """The same networks with one plain vector an item."""
        served = []
        for network in trained:
            plain = copy.deepcopy(network)
            plain.table = network.eval().table.merged()
            served.append(plain.eval())
        return list(zip(served, weights, strict=True))
