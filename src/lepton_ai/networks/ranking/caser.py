"""Convolutions over the latest few items of a history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from lepton_ai.networks.ranking.base import StateNetwork


class Caser(StateNetwork):
    """Filters along and across the latest items (Caser, Tang and Wang 2018, arXiv 1809.07426).

    Horizontal filters look for runs of items wherever they stand in the window; vertical ones weigh the
    places of the window against each other.
    """

    def __init__(
        self,
        vocabulary: Mapping[str, int],
        classes: int,
        *,
        width: int = 64,
        dropout: float = 0.3,
        words: Tensor | None = None,
        features: Sequence[int] = (),
        window: int = 8,
        filters: int = 16,
        vertical: int = 4,
    ) -> None:
        super().__init__(vocabulary, classes, width=width, dropout=dropout, words=words, features=features)
        self.window = window
        self.across = nn.ModuleList(nn.Linear(height * width, filters) for height in range(1, window + 1))
        self.along = nn.Linear(window, vertical, bias=False)
        self.output = nn.Linear(filters * window + vertical * width, width)

    def read(self, vectors: Tensor, real: Tensor) -> Tensor:
        """See `StateNetwork.read`."""
        length = vectors.shape[1]
        padded = functional.pad(vectors * real.unsqueeze(-1), (0, 0, 0, self.window - 1))
        shifted = [padded[:, start : start + length] for start in range(self.window)]
        windows = torch.stack(shifted, 2)
        found = [
            torch.stack(
                [
                    torch.relu(layer(windows[:, :, start : start + height].flatten(2)))
                    for start in range(self.window - height + 1)
                ]
            ).amax(0)
            for height, layer in enumerate(self.across, start=1)
        ]
        weighed = self.along(windows.transpose(2, 3)).flatten(2)
        states: Tensor = self.output(self.dropout(torch.cat([*found, weighed], 2)))
        return states
