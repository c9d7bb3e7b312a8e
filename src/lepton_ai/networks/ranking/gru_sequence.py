"""A gated recurrent network over a history, from the oldest item to the newest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from torch import Tensor, nn

from lepton_ai.networks.gru import BackwardGRU
from lepton_ai.networks.ranking.base import StateNetwork


class GRUSequence(StateNetwork):
    """One GRU whose state is turned into an item vector (GRU4Rec, Hidasi et al. 2016, arXiv 1511.06939)."""

    def __init__(
        self,
        vocabulary: Mapping[str, int],
        classes: int,
        *,
        width: int = 64,
        dropout: float = 0.3,
        words: Tensor | None = None,
        features: Sequence[int] = (),
        hidden: int = 96,
    ) -> None:
        super().__init__(vocabulary, classes, width=width, dropout=dropout, words=words, features=features)
        self.gru = BackwardGRU(width, hidden)
        self.output = nn.Linear(hidden, width)

    def read(self, vectors: Tensor, real: Tensor) -> Tensor:
        """See `StateNetwork.read`; where nothing was read yet the state is zero."""
        read: Tensor = self.gru(vectors, real) * real.unsqueeze(-1)
        states: Tensor = self.output(self.dropout(read))
        return states
