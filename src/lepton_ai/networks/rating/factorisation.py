"""A rating as the inner product of what a user likes and what an item is like."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Self

import torch
from torch import Tensor

from lepton_ai.networks.base import Network


class Factorisation(Network):
    """value = mean + bias of the user + bias of the item + vector of the user . vector of the item.

    Number 0 is whoever is unknown. The tables are filled by a trainer that needs no gradients.

    Args:
        vocabulary: "user" and "item": how many of them there are, plus one.
        classes: One: the rating.
        rank: Length of the vectors.
    """

    arrays: ClassVar[tuple[str, ...]] = ("user", "item")

    mean: Tensor
    users: Tensor
    items: Tensor
    user_bias: Tensor
    item_bias: Tensor

    def __init__(self, vocabulary: Mapping[str, int], classes: int = 1, *, rank: int = 64) -> None:
        super().__init__(vocabulary, classes)
        self.vocabulary = {name: vocabulary[name] for name in self.arrays}
        self.rank = rank
        self.register_buffer("mean", torch.zeros(()))
        self.register_buffer("users", torch.zeros(vocabulary["user"], rank))
        self.register_buffer("items", torch.zeros(vocabulary["item"], rank))
        self.register_buffer("user_bias", torch.zeros(vocabulary["user"]))
        self.register_buffer("item_bias", torch.zeros(vocabulary["item"]))

    def forward(self, user: Tensor, item: Tensor) -> Tensor:
        """Ratings of shape [rows, 1], for numbers of shape [rows, 1]."""
        agreement = (self.users[user] * self.items[item]).sum(2)
        return self.mean + self.user_bias[user] + self.item_bias[item] + agreement

    @classmethod
    def for_serving(cls, trained: Sequence[Self], weights: Sequence[float]) -> list[tuple[Network, float]]:
        """One network whose vectors are those of all, end to end: it gives their weighted sum."""
        served = cls(trained[0].vocabulary, rank=sum(network.rank for network in trained))
        pairs = list(zip(trained, weights, strict=True))
        served.users = torch.cat([network.users for network in trained], 1)
        served.items = torch.cat([network.items * weight for network, weight in pairs], 1)
        served.mean = torch.stack([network.mean * weight for network, weight in pairs]).sum(0)
        served.user_bias = torch.stack([network.user_bias * weight for network, weight in pairs]).sum(0)
        served.item_bias = torch.stack([network.item_bias * weight for network, weight in pairs]).sum(0)
        return [(served, 1.0)]
