"""A wide linear model over n-grams: one row of class weights for each n-gram, summed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Self

import torch
from torch import Tensor, nn

from lepton_ai.networks.base import Network


class WideNgram(Network):
    """Sums the class weights of the n-grams of a text, each times its tf-idf value.

    The linear part of wide-and-deep models (Cheng et al. 2016, arXiv 1606.07792); with tf-idf values it is
    multinomial logistic regression. Reads `ngrams` (ids, shape [rows, n]) and
    `values` (shape [rows, n], 0 at padding).
    """

    arrays: ClassVar[tuple[str, ...]] = ("ngrams", "values")

    def __init__(self, vocabulary: Mapping[str, int], classes: int) -> None:
        super().__init__(vocabulary, classes)
        self.weights = nn.Parameter(torch.zeros(vocabulary["ngrams"], classes))
        self.bias = nn.Parameter(torch.zeros(classes))

    def forward(self, ngrams: Tensor, values: Tensor) -> Tensor:
        """Logits of shape [rows, classes]."""
        rows = nn.functional.embedding(ngrams.long(), self.weights)
        return torch.matmul(values.unsqueeze(1), rows).squeeze(1) + self.bias

    @classmethod
    def for_serving(cls, trained: Sequence[Self], weights: Sequence[float]) -> list[tuple[Network, float]]:
        """One network with the weighted sum of the weights; for two classes, with one column."""
        table = sum(
            network.weights.detach() * weight for network, weight in zip(trained, weights, strict=True)
        )
        bias = sum(network.bias.detach() * weight for network, weight in zip(trained, weights, strict=True))
        return [(_Served(torch.as_tensor(table), torch.as_tensor(bias)), 1.0)]


class _Served(Network):
    """`WideNgram` with as few columns as its answers need: two classes differ in one."""

    arrays: ClassVar[tuple[str, ...]] = WideNgram.arrays

    def __init__(self, weights: Tensor, bias: Tensor) -> None:
        super().__init__({}, len(bias))
        self.two = len(bias) == 2
        if self.two:
            weights = (weights[:, 1:] - weights[:, :1]) / 2
        self.weights = nn.Parameter(weights.contiguous(), requires_grad=False)
        self.bias = nn.Parameter(bias, requires_grad=False)

    def forward(self, ngrams: Tensor, values: Tensor) -> Tensor:
        """Logits of shape [rows, classes], less what both of two classes have in common."""
        rows = nn.functional.embedding(ngrams, self.weights)
        if self.two:
            margin = (values * rows.squeeze(2)).sum(1, keepdim=True)
            return torch.cat([-margin, margin], 1) + self.bias
        return torch.matmul(values.unsqueeze(1), rows).squeeze(1) + self.bias
