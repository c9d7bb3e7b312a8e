"""A wide linear model over n-grams: one row of class weights for each n-gram, summed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import torch
from torch import Tensor, nn

from lepton_ai.networks.base import Network


class WideNgram(Network):
    """Sums the class weights of the n-grams of a text, each times its tf-idf value.

    The linear part of wide-and-deep models (Cheng et al. 2016, arXiv 1606.07792); with tf-idf values it is
    multinomial logistic regression trained by gradient steps. Reads `ngrams` (ids, shape [rows, n]) and
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
