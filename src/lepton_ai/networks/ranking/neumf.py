"""A user's vector and an item's vector, multiplied and passed through a small network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import torch
from torch import Tensor, nn

from lepton_ai.networks.ranking.base import ItemNetwork


class NeuMF(ItemNetwork):
    """Generalised matrix factorisation beside a multilayer perceptron (He et al. 2017, arXiv 1708.05031).

    It knows users by their number only: user 0, who stands for everyone unknown, is trained in the place
    of some known ones.
    """

    arrays: ClassVar[tuple[str, ...]] = ("user",)

    def __init__(
        self,
        vocabulary: Mapping[str, int],
        classes: int,
        *,
        width: int = 32,
        hidden: int = 64,
        dropout: float = 0.2,
    ) -> None:
        super().__init__(vocabulary, classes)
        self.users = nn.Embedding(vocabulary["user"], 2 * width)
        self.items = nn.Embedding(classes, 2 * width)
        for table in (self.users, self.items):
            nn.init.normal_(table.weight, std=0.1)
        self.width = width
        self.from_user = nn.Linear(width, hidden)
        self.from_item = nn.Linear(width, hidden, bias=False)
        self.deep = nn.Sequential(
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(hidden, hidden // 2),
            nn.ReLU(),
            nn.Linear(hidden // 2, 1),
        )
        self.product = nn.Linear(width, 1, bias=False)
        self.bias = nn.Parameter(torch.zeros(classes))

    def pairs(self, users: Tensor, items: Tensor) -> Tensor:
        """Scores of shape [rows, candidates] for users [rows] and item positions [rows, candidates]."""
        user, item = self.users(users).unsqueeze(1), self.items(items)
        return self._score(user, item) + self.bias[items]

    def forward(self, user: Tensor) -> Tensor:
        """Scores of shape [rows, classes] for user numbers [rows, 1]."""
        return self._score(self.users(user), self.items.weight.unsqueeze(0)) + self.bias

    def stand_in(self, new: Tensor, alike: Tensor) -> None:
        """See `ItemNetwork.stand_in`."""
        with torch.no_grad():
            if alike.shape[1]:
                self.items.weight[new] = self.items.weight[alike].mean(1)
                self.bias[new] = self.bias[alike].mean(1)
            else:
                self.bias[new] = self.bias.min()

    def _score(self, user: Tensor, item: Tensor) -> Tensor:
        shallow = self.product(user[..., : self.width] * item[..., : self.width])
        mixed = self.from_user(user[..., self.width :]) + self.from_item(item[..., self.width :])
        score: Tensor = (shallow + self.deep(mixed)).squeeze(-1)
        return score
