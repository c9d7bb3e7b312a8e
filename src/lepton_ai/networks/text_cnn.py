"""Convolutions over the units of a text, and the strongest answer of each filter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Self

import torch
from torch import Tensor, nn
from torch.nn import functional

from lepton_ai.networks.base import Network
from lepton_ai.networks.unit_network import UnitNetwork


class TextCNN(UnitNetwork):
    """Filters of several widths, maximum over the text, one linear layer (Kim 2014, arXiv 1408.5882).

    The convolution is written as one projection to a vector per filter offset and a sum of shifted
    vectors, and has no bias, so padding vectors are zero and never win the maximum after the ReLU.
    For serving see `FoldedTextCNN`.
    Reads `units` (ids, shape [rows, length, parts]).
    """

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
        noise = {"unit_dropout": unit_dropout, "embedding_dropout": embedding_dropout}
        super().__init__(vocabulary, classes, width=width, **noise)
        self.spans, self.filters = tuple(spans), filters
        mean_span = sum(self.spans) / len(self.spans)
        scale = (width * mean_span) ** -0.5
        self.projection = nn.Parameter(torch.randn(width, sum(self.spans) * filters) * scale)
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(filters * len(self.spans), classes)

    def forward(self, units: Tensor) -> Tensor:
        """Logits of shape [rows, classes]."""
        projected = self.embedding(units) @ self.projection
        strongest, column = [], 0
        for span in self.spans:
            block = projected[..., column : column + span * self.filters]
            strongest.append(self._filter(block, span).amax(1))
            column += span * self.filters
        logits: Tensor = self.output(self.dropout(functional.relu(torch.cat(strongest, 1))))
        return logits

    @classmethod
    def for_serving(cls, trained: Sequence[Self], weights: Sequence[float]) -> list[tuple[Network, float]]:
        """One `FoldedTextCNN` for all networks of the same spans."""
        alike: dict[tuple[int, ...], list[tuple[Self, float]]] = {}
        for network, weight in zip(trained, weights, strict=True):
            alike.setdefault(network.spans, []).append((network, weight))
        return [(FoldedTextCNN(*zip(*group, strict=True)), 1.0) for group in alike.values()]

    def _filter(self, block: Tensor, span: int) -> Tensor:
        """Answers of the filters of one span at every window that touches the text."""
        windows = block.shape[1] + span - 1
        padded = functional.pad(block, (0, 0, span - 1, span - 1))
        answer = padded[:, :windows, : self.filters]
        for offset in range(1, span):
            first = offset * self.filters
            answer = answer + padded[:, offset : offset + windows, first : first + self.filters]
        return answer


class FoldedTextCNN(Network):
    """Trained `TextCNN`s of one shape as one, without a matrix product over positions.

    Embedding and projection are multiplied out into a table for each filter offset, and the filters of all
    networks stand side by side in it. Padding is added to the ids, where it costs least.

    Args:
        trained: The networks; they must have the same spans and read the same ids.
        weights: What the logits of each count.
    """

    arrays: ClassVar[tuple[str, ...]] = TextCNN.arrays

    def __init__(self, trained: Sequence[TextCNN], weights: Sequence[float]) -> None:
        super().__init__({}, trained[0].output.out_features)
        self.spans = trained[0].spans
        with torch.no_grad():
            folded = [_tables(network) for network in trained]
            self.tables = nn.ParameterList(
                nn.Parameter(torch.cat(tables, 1).contiguous(), requires_grad=False)
                for tables in zip(*folded, strict=True)
            )
            outputs = [
                network.output.weight.view(-1, len(self.spans), network.filters) * weight
                for network, weight in zip(trained, weights, strict=True)
            ]
            matrix = torch.cat(outputs, 2).flatten(1)
            bias = sum(network.output.bias * weight for network, weight in zip(trained, weights, strict=True))
        self.output = nn.Linear(matrix.shape[1], matrix.shape[0])
        self.output.weight = nn.Parameter(matrix, requires_grad=False)
        self.output.bias = nn.Parameter(torch.as_tensor(bias), requires_grad=False)

    def forward(self, units: Tensor) -> Tensor:
        """Logits of shape [rows, classes]."""
        reach = max(self.spans) - 1
        padded = functional.pad(units, (0, 0, reach, reach))
        length = padded.shape[1]
        strongest, table = [], 0
        for span in self.spans:
            windows = length - span + 1
            answer = self._projected(padded[:, :windows], table)
            for offset in range(1, span):
                answer = answer + self._projected(padded[:, offset : offset + windows], table + offset)
            strongest.append(answer.amax(1))
            table += span
        logits: Tensor = self.output(functional.relu(torch.cat(strongest, 1)))
        return logits

    def _projected(self, units: Tensor, table: int) -> Tensor:
        parts = [functional.embedding(part, self.tables[table]) for part in units.unbind(2)]
        return sum(parts[1:], parts[0])


def _tables(network: TextCNN) -> list[Tensor]:
    """For each offset of each span, the projections of all units, shape [ids, filters]."""
    projected = network.embedding.table.weight @ network.projection
    return list(torch.split(projected, network.filters, dim=1))
