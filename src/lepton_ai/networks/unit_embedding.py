"""Vectors for the units of a text, as every sequence network starts with."""

from __future__ import annotations

import torch
from torch import Tensor, nn

UNKNOWN = 1
"""The id of a unit outside the vocabulary; 0 is padding."""


class UnitEmbedding(nn.Module):
    """The sum of the vectors of a unit and its parts, with two kinds of noise while training.

    A position holds several ids: the unit itself (a word or a character) and smaller or larger pieces of
    it, so that a rare unit shares what its pieces have learnt (Bojanowski et al. 2017, arXiv 1607.04606).

    Args:
        vocabulary: Number of ids.
        width: Length of a vector.
        unit_dropout: Share of positions whose unit is replaced by "unknown" (its pieces are left out too).
        dropout: Share of vector entries set to 0.
    """

    def __init__(self, vocabulary: int, width: int, *, unit_dropout: float, dropout: float) -> None:
        super().__init__()
        self.table = nn.Embedding(vocabulary, width, padding_idx=0)
        nn.init.normal_(self.table.weight, 0.0, 0.1)
        with torch.no_grad():
            self.table.weight[0].zero_()
        self.unit_dropout = unit_dropout
        self.dropout = nn.Dropout(dropout)

    def forward(self, units: Tensor) -> Tensor:
        """Vectors of shape [rows, length, width] for ids of shape [rows, length, parts]."""
        if self.training and self.unit_dropout > 0:
            units = self._hide_some(units)
        vectors: Tensor = self.dropout(self.table(units.long()).sum(2))
        return vectors

    def _hide_some(self, units: Tensor) -> Tensor:
        real = units[..., 0] > 0
        hidden = (torch.rand(units.shape[:2]) < self.unit_dropout) & real
        kept = units.masked_fill(hidden.unsqueeze(-1), 0)
        kept[..., 0].masked_fill_(hidden, UNKNOWN)
        return kept
