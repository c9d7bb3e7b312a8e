"""A Transformer over a history: what matters now may lie several items back."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from lepton_ai.networks.ranking.base import StateNetwork


class CausalTransformer(StateNetwork):
    """Self-attention that looks back only (SASRec, Kang and McAuley 2018, arXiv 1808.09781).

    How far back an item lies is a learned bias a head (Shaw et al. 2018, arXiv 1803.02155, in the form of
    Raffel et al. 2020, arXiv 1910.10683), which falls with the distance at the start.
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
        layers: int = 2,
        heads: int = 2,
        length: int = 50,
    ) -> None:
        super().__init__(vocabulary, classes, width=width, dropout=dropout, words=words, features=features)
        self.layers = nn.ModuleList(_Layer(width, heads, dropout, length) for _ in range(layers))

    def read(self, vectors: Tensor, real: Tensor) -> Tensor:
        """See `StateNetwork.read`."""
        place = torch.arange(vectors.shape[1], device=vectors.device)
        back = place.unsqueeze(0) - place.unsqueeze(1)
        itself = (back == 0).unsqueeze(0)
        allowed = ((back > 0).unsqueeze(0) & real.unsqueeze(1)) | itself
        for layer in self.layers:
            vectors = layer(vectors, allowed, back)
        return vectors


class _Layer(nn.Module):
    """Attention and a feed-forward part, each normalised before and added after."""

    def __init__(self, width: int, heads: int, dropout: float, length: int) -> None:
        super().__init__()
        self.heads = heads
        self.attention_norm = nn.LayerNorm(width)
        self.project = nn.Linear(width, 3 * width)
        self.merge = nn.Linear(width, width)
        self.feed_norm = nn.LayerNorm(width)
        self.feed = nn.Sequential(
            nn.Linear(width, 2 * width), nn.GELU(), nn.Dropout(dropout), nn.Linear(2 * width, width)
        )
        self.dropout = nn.Dropout(dropout)
        slopes = 0.02 * 5.0 ** torch.arange(heads)
        self.back = nn.Parameter(-slopes.unsqueeze(1) * torch.arange(length + 1))

    def forward(self, vectors: Tensor, allowed: Tensor, back: Tensor) -> Tensor:
        vectors = vectors + self.dropout(self._attend(self.attention_norm(vectors), allowed, back))
        fed: Tensor = self.dropout(self.feed(self.feed_norm(vectors)))
        return vectors + fed

    def _attend(self, vectors: Tensor, allowed: Tensor, back: Tensor) -> Tensor:
        rows, length, width = vectors.shape
        parts = self.project(vectors).view(rows, length, 3, self.heads, width // self.heads)
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        bias = self.back[:, back.clamp(0, self.back.shape[1] - 1)]
        scores = query @ key.transpose(-1, -2) / math.sqrt(width // self.heads) + bias
        scores = torch.where(allowed.unsqueeze(1), scores, -1e4)
        mixed = torch.softmax(scores, -1) @ value
        merged: Tensor = self.merge(mixed.transpose(1, 2).reshape(rows, length, width))
        return merged
