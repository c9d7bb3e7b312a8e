"""Each item of a history speaks for others, the newer the louder; the weights are found without gradients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import torch
from torch import Tensor

from lepton_ai.networks.ranking.base import ItemNetwork

DENSE = 5_000
"""Items up to which every pair of items has a weight; above, each item speaks for `NEIGHBOURS` others."""

NEIGHBOURS = 100


class ItemLinear(ItemNetwork):
    """Scores are sums of the history's rows of a table of weights, halved every `half_life` items back.

    An empty history, which says nothing, has the scores `prior`.

    Args:
        vocabulary: "items" is the number of items plus one.
        classes: Items of the catalogue.
        half_life: Items back after which a weight counts half.
    """

    arrays: ClassVar[tuple[str, ...]] = ("items",)

    def __init__(self, vocabulary: Mapping[str, int], classes: int, *, half_life: float = 8.0) -> None:
        super().__init__(vocabulary, classes)
        self.classes = classes
        self.half_life = half_life
        self.dense = classes <= DENSE
        self.weights: Tensor
        self.others: Tensor
        self.prior: Tensor
        self.register_buffer("prior", torch.zeros(classes))
        width = classes if self.dense else min(NEIGHBOURS, classes)
        self.register_buffer("weights", torch.zeros(classes + 1, width))
        if not self.dense:
            self.register_buffer("others", torch.zeros(classes + 1, width, dtype=torch.int64))

    def forward(self, items: Tensor) -> Tensor:
        """Scores of shape [rows, classes]."""
        rows, length = items.shape
        place = torch.arange(length, device=items.device)
        loudness = torch.exp2(-place / self.half_life).expand(rows, length)
        said = self.weights[items] * loudness.unsqueeze(2)
        for_strangers = self.prior * (items[:, :1] == 0)
        if self.dense:
            return said.sum(1) + for_strangers
        others = self.others[items].flatten(1)
        return for_strangers.scatter_add(1, others, said.flatten(1))

    def stand_in(self, new: Tensor, alike: Tensor) -> None:
        """See `ItemNetwork.stand_in`. In a large catalogue a new item speaks like its nearest, unheard."""
        if not alike.shape[1]:
            return
        if self.dense:
            self.weights[:, new] = self.weights[:, alike].mean(2)
            self.weights[new + 1] = self.weights[alike + 1].mean(1)
        else:
            self.weights[new + 1] = self.weights[alike[:, 0] + 1]
            self.others[new + 1] = self.others[alike[:, 0] + 1]
