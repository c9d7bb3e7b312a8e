"""A tower for users, from what they took and who they are, and one for items, from what describes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from lepton_ai.networks.ranking.base import StateNetwork


class TwoTower(StateNetwork):
    """Means of the history at several rates of forgetting, through a small network.

    The order of items counts only by how far back they are, so the state of a user can be kept up to date
    event by event; the item tower is the `ItemTable`. (Covington et al. 2016, RecSys; Yi et al. 2019,
    RecSys.)
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
        rates: int = 4,
        hidden: int = 128,
    ) -> None:
        super().__init__(vocabulary, classes, width=width, dropout=dropout, words=words, features=features)
        self.log_rates = nn.Parameter(torch.linspace(-5.0, 0.0, rates))
        self.tower = nn.Sequential(
            nn.Linear(rates * width, hidden), nn.GELU(), nn.Dropout(dropout), nn.Linear(hidden, width)
        )

    def read(self, vectors: Tensor, real: Tensor) -> Tensor:
        """See `StateNetwork.read`."""
        place = torch.arange(vectors.shape[1], device=vectors.device)
        back = place.unsqueeze(0) - place.unsqueeze(1)
        allowed = ((back >= 0).unsqueeze(0) & real.unsqueeze(1)).to(vectors.dtype)
        falling = torch.exp(-self.log_rates.exp()[:, None, None] * back.clamp(min=0))
        weights = falling.unsqueeze(0) * allowed.unsqueeze(1)
        weights = weights / weights.sum(3, keepdim=True).clamp(min=1e-6)
        means = weights @ vectors.unsqueeze(1)
        states: Tensor = self.tower(means.transpose(1, 2).flatten(2))
        return states
