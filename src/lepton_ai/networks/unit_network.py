"""What the networks that read a text in order have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from lepton_ai.networks.base import Network
from lepton_ai.networks.unit_embedding import UnitEmbedding


class UnitNetwork(Network):
    """A network that starts with a vector for each position of a text.

    Reads `units` (ids, shape [rows, length, parts]). A subclass goes on from `embedding`, which its own
    layers come after: the order in which layers are made decides their random starts.

    Args:
        vocabulary: The number of different ids by array.
        classes: How many logits.
        width: Length of a vector.
        unit_dropout: Share of positions whose unit is replaced by "unknown" while training.
        embedding_dropout: Share of vector entries set to 0 while training.
    """

    arrays: ClassVar[tuple[str, ...]] = ("units",)

    def __init__(
        self,
        vocabulary: Mapping[str, int],
        classes: int,
        *,
        width: int,
        unit_dropout: float,
        embedding_dropout: float,
    ) -> None:
        super().__init__(vocabulary, classes)
        self.embedding = UnitEmbedding(
            vocabulary["units"], width, unit_dropout=unit_dropout, dropout=embedding_dropout
        )
