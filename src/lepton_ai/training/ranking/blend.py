"""The blended scores of several networks beside what a user has seen, as it is exported."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from lepton_ai.networks import Network
from lepton_ai.networks.ranking.base import StateNetwork
from lepton_ai.training.blend import Blend

SEEN = "seen"


class ScoreBlend(nn.Module):
    """Scores of all items, and the array "seen" as it came, for whoever leaves those items out.

    Args:
        networks: The networks.
        weights: One weight each.
    """

    outputs = ("scores", SEEN)

    def __init__(self, networks: Sequence[Network], weights: Sequence[float]) -> None:
        super().__init__()
        self.blend = Blend(networks, weights)
        self.arrays = (*self.blend.arrays, SEEN)

    def for_serving(self) -> nn.Module:
        """A blend that answers alike at less cost."""
        served = self.blend.for_serving()
        return ScoreBlend(served.networks, served.weights)

    def forward(self, *arrays: Tensor) -> Any:
        """Scores of shape [rows, items], and `seen` of shape [rows, longest]."""
        return self.blend(*arrays[:-1]), arrays[-1].clone()


class QueryBlend(nn.Module):
    """One vector a user, whose product with the vector of an item is the blended score of that item.

    For catalogues that are too large to score whole: the vectors of the items go to an index.

    Args:
        networks: Networks whose scores are products of states and item vectors.
        weights: One weight each.
    """

    outputs = ("query", SEEN)

    def __init__(self, networks: Sequence[StateNetwork], weights: Sequence[float]) -> None:
        super().__init__()
        self.networks = nn.ModuleList(networks)
        self.weights = tuple(float(weight) for weight in weights)
        self.inputs = tuple(dict.fromkeys(name for network in networks for name in network.arrays))
        self.arrays = (*self.inputs, SEEN)

    def for_serving(self) -> nn.Module:
        """The same networks with one plain vector an item."""
        members: Any = list(self.networks)
        served: Any = [type(member).for_serving([member], [1.0])[0][0] for member in members]
        return QueryBlend(served, self.weights)

    def item_vectors(self) -> Tensor:
        """What the queries are multiplied with: shape [items, width of a query]."""
        tables: Any = [member.eval().table.merged() for member in self.networks]  # type: ignore[union-attr,operator]
        biases = sum(weight * table.bias for weight, table in zip(self.weights, tables, strict=True))
        return torch.cat([*(table.own for table in tables), biases.unsqueeze(1)], 1).detach()

    def forward(self, *arrays: Tensor) -> Any:
        """Queries of shape [rows, width], and `seen` of shape [rows, longest]."""
        named = dict(zip(self.arrays, arrays, strict=True))
        members: Any = list(self.networks)
        states = [
            weight * member.table.scale * member.states(*(named[name] for name in member.arrays))[:, 0]
            for weight, member in zip(self.weights, members, strict=True)
        ]
        one = states[0].new_ones(states[0].shape[0], 1)
        return torch.cat([*states, one], 1), named[SEEN].clone()
