"""A Transformer encoder over the units of a text."""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch
from torch import Tensor, nn

from lepton_ai.networks.pooling import max_and_mean
from lepton_ai.networks.unit_network import UnitNetwork


class Transformer(UnitNetwork):
    """Pre-norm Transformer encoder (Vaswani et al. 2017, arXiv 1706.03762), pooled by maximum and mean.

    Positions are sinusoids, so that a text of any length has some. Reads `units` (ids, shape
    [rows, length, parts]).
    """

    def __init__(
        self,
        vocabulary: Mapping[str, int],
        classes: int,
        *,
        width: int = 128,
        heads: int = 4,
        layers: int = 2,
        dropout: float = 0.3,
        layer_dropout: float = 0.2,
        embedding_dropout: float = 0.2,
        unit_dropout: float = 0.1,
    ) -> None:
        noise = {"unit_dropout": unit_dropout, "embedding_dropout": embedding_dropout}
        super().__init__(vocabulary, classes, width=width, **noise)
        self.layers = nn.ModuleList(_Layer(width, heads, layer_dropout) for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(2 * width, classes)

    def forward(self, units: Tensor) -> Tensor:
        """Logits of shape [rows, classes]."""
        real = units[..., 0] > 0
        vectors = self.embedding(units) * math.sqrt(units.shape[2])
        vectors = vectors + _sinusoids(units.shape[1], vectors.shape[2], vectors)
        for layer in self.layers:
            vectors = layer(vectors, real)
        logits: Tensor = self.output(self.dropout(max_and_mean(self.norm(vectors), real)))
        return logits


class _Layer(nn.Module):
    """Self-attention and a feed-forward part, each normalised before and added after."""

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.attention_norm = nn.LayerNorm(width)
        self.project = nn.Linear(width, 3 * width)
        self.merge = nn.Linear(width, width)
        self.feed_norm = nn.LayerNorm(width)
        self.feed = nn.Sequential(nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width))
        self.dropout = nn.Dropout(dropout)

    def forward(self, vectors: Tensor, real: Tensor) -> Tensor:
        vectors = vectors + self.dropout(self._attend(self.attention_norm(vectors), real))
        fed: Tensor = self.dropout(self.feed(self.feed_norm(vectors)))
        return vectors + fed

    def _attend(self, vectors: Tensor, real: Tensor) -> Tensor:
        rows, length, width = vectors.shape
        parts = self.project(vectors).view(rows, length, 3, self.heads, width // self.heads)
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        scores = query @ key.transpose(-1, -2) / math.sqrt(width // self.heads)
        scores = scores - 1e4 * (~real).to(scores.dtype)[:, None, None, :]
        mixed = torch.softmax(scores, -1) @ value
        merged: Tensor = self.merge(mixed.transpose(1, 2).reshape(rows, length, width))
        return merged


def _sinusoids(length: int, width: int, like: Tensor) -> Tensor:
    """Position vectors of shape [length, width], scaled to the size of fresh unit vectors."""
    steps = torch.arange(length, device=like.device, dtype=like.dtype).unsqueeze(1)
    rates = torch.exp(
        torch.arange(0, width, 2, device=like.device, dtype=like.dtype) * (-math.log(10_000.0) / width)
    )
    angles = steps * rates
    return 0.1 * torch.stack([angles.sin(), angles.cos()], -1).view(length, width)
