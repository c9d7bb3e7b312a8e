"""A bidirectional recurrent network over the units of a text."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor, nn

from lepton_ai.networks.gru import BidirectionalGRU
from lepton_ai.networks.pooling import max_and_mean
from lepton_ai.networks.unit_network import UnitNetwork


class Recurrent(UnitNetwork):
    """A GRU that reads a text from both ends, its states pooled by maximum and mean.

    Reads `units` (ids, shape [rows, length, parts]).
    """

    def __init__(
        self,
        vocabulary: Mapping[str, int],
        classes: int,
        *,
        width: int = 128,
        hidden: int = 96,
        dropout: float = 0.4,
        embedding_dropout: float = 0.3,
        unit_dropout: float = 0.1,
    ) -> None:
        noise = {"unit_dropout": unit_dropout, "embedding_dropout": embedding_dropout}
        super().__init__(vocabulary, classes, width=width, **noise)
        self.readers = BidirectionalGRU(width, hidden)
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(4 * hidden, classes)

    def forward(self, units: Tensor) -> Tensor:
        """Logits of shape [rows, classes]."""
        real = units[..., 0] > 0
        states = self.readers(self.embedding(units), real)
        logits: Tensor = self.output(self.dropout(max_and_mean(states, real)))
        return logits
