"""Convolutions over the units of a text, and the strongest answer of each filter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional

from lepton_ai.networks.base import Network
from lepton_ai.networks.unit_embedding import UnitEmbedding


class TextCNN(Network):
    """Filters of several widths, maximum over the text, one linear layer (Kim 2014, arXiv 1408.5882).

    The convolution is written as one projection to a vector per filter offset and a sum of shifted
    vectors, and has no bias, so padding vectors are zero and never win the maximum after the ReLU.
    For serving, embedding and projection become one table: the same answers without a matrix product.
    Reads `units` (ids, shape [rows, length, parts]).
    """

    arrays: ClassVar[tuple[str, ...]] = ("units",)

    def __init__(
        self,
        vocabulary: Mapping[str, int],
        classes: int,
        *,
        width: int = 128,
        filters: int = 64,
        spans: Sequence[int] = (1, 2, 3, 4),
        dropout: float = 0.4,
        embedding_dropout: float = 0.2,
        unit_dropout: float = 0.1,
    ) -> None:
        super().__init__(vocabulary, classes)
        self.spans, self.filters = tuple(spans), filters
        self.embedding = UnitEmbedding(
            vocabulary["units"], width, unit_dropout=unit_dropout, dropout=embedding_dropout
        )
        mean_span = sum(self.spans) / len(self.spans)
        scale = (width * mean_span) ** -0.5
        self.projection = nn.Parameter(torch.randn(width, sum(self.spans) * filters) * scale)
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(filters * len(self.spans), classes)

    def forward(self, units: Tensor) -> Tensor:
        """Logits of shape [rows, classes]."""
        return self.classify(self.embedding(units) @ self.projection)

    def for_serving(self) -> Network:
        """The same answers from one table of projected units."""
        return _Folded(self)

    def classify(self, projected: Tensor) -> Tensor:
        """Logits from projected units of shape [rows, length, sum of spans * filters]."""
        strongest, column = [], 0
        for span in self.spans:
            block = projected[..., column : column + span * self.filters]
            strongest.append(self._filter(block, span).amax(1))
            column += span * self.filters
        logits: Tensor = self.output(self.dropout(functional.relu(torch.cat(strongest, 1))))
        return logits

    def _filter(self, block: Tensor, span: int) -> Tensor:
        """Answers of the filters of one span at every window that touches the text."""
        windows = block.shape[1] + span - 1
        padded = functional.pad(block, (0, 0, span - 1, span - 1))
        answer = padded[:, :windows, : self.filters]
        for offset in range(1, span):
            first = offset * self.filters
            answer = answer + padded[:, offset : offset + windows, first : first + self.filters]
        return answer


class _Folded(Network):
    """A trained `TextCNN` whose units lead straight to their projections."""

    arrays: ClassVar[tuple[str, ...]] = TextCNN.arrays

    def __init__(self, trained: TextCNN) -> None:
        super().__init__({}, trained.output.out_features)
        self._classify = trained.classify
        with torch.no_grad():
            table = trained.embedding.table.weight @ trained.projection
        self.table = nn.Parameter(table, requires_grad=False)

    def forward(self, units: Tensor) -> Tensor:
        """Logits of shape [rows, classes]."""
        parts = [functional.embedding(part.long(), self.table) for part in units.unbind(2)]
        return self._classify(sum(parts[1:], parts[0]))
