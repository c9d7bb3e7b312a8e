"""A plain SASRec in PyTorch, the strongest peer: Kang and McAuley, "Self-Attentive Sequential Recommendation"
(2018, arXiv 1808.09781), with a softmax over the whole catalogue in place of one sampled negative."""

from __future__ import annotations

import copy
import math
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from benchmarks.recommendation_peers import Histories, Peer, Settings

_BATCH = 64


class SasRec(Peer):
    """Trained for a number of epochs that is tuned along with what hinders it to learn by heart."""

    start: ClassVar[Settings] = {"dropout": 0.2, "length": 50, "rate": 2e-3, "epochs": 20}
    choices: ClassVar[Sequence[Sequence[Settings]]] = (
        [{"dropout": 0.5}],
        [{"length": 200}],
        [{"epochs": 40}],
    )

    def fit(self, *, dropout: float, length: int, rate: float, epochs: int, **settings: Any) -> None:
        """See `Peer.fit`."""
        torch.manual_seed(0)
        self.length = length
        self.network = SasNetwork(self.histories.items, length=length, dropout=dropout)
        learn(self.network, self.histories, length=length, rate=rate, epochs=epochs)

    def scores(self, users: NDArray[np.int64]) -> NDArray[np.float32]:
        """See `Peer.scores`."""
        self.network.eval()
        rows = [self.histories.lists[user][-self.length :] + 1 for user in users.tolist()]
        with torch.inference_mode():
            states = self.network(torch.from_numpy(padded(rows)))[:, -1]
            found: NDArray[np.float32] = self.network.logits(states).numpy()
        return found


class SasNetwork(nn.Module):
    """Item vectors with absolute positions, causal self-attention, the same item vectors for the scores.

    Args:
        items: How many there are; item number n is position n - 1, and 0 is padding.
        length: Most places of a history.
        width: Length of a vector.
        layers: Blocks of attention.
        heads: Of each block.
        dropout: Share of the numbers left out while training.
    """

    def __init__(
        self,
        items: int,
        *,
        length: int,
        width: int = 64,
        layers: int = 2,
        heads: int = 2,
        dropout: float = 0.2,
    ) -> None:
        super().__init__()
        self.items = nn.Embedding(items + 1, width, padding_idx=0)
        nn.init.normal_(self.items.weight, std=width**-0.5)
        self.places = nn.Embedding(length, width)
        nn.init.normal_(self.places.weight, std=0.02)
        self.bias = nn.Parameter(torch.zeros(items))
        self.drop = nn.Dropout(dropout)
        block = nn.TransformerEncoderLayer(
            width, heads, 2 * width, dropout, activation="gelu", batch_first=True, norm_first=True
        )
        self.blocks = nn.ModuleList(copy.deepcopy(block) for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        with torch.no_grad():
            self.items.weight[0] = 0.0

    def forward(self, items: Tensor) -> Tensor:
        """States [rows, places, width] of items [rows, places], oldest first, padded in front with 0."""
        count = items.shape[1]
        places = torch.arange(self.places.num_embeddings - count, self.places.num_embeddings)
        states = self.drop(self.items(items) + self.places(places))
        later = torch.ones(count, count, dtype=torch.bool).triu(1)
        # A place sees itself, so that a row of padding has something to look at.
        hidden = (later | (items == 0)[:, None, :]) & ~torch.eye(count, dtype=torch.bool)
        heads = self.blocks[0].self_attn.num_heads
        mask = hidden.repeat_interleave(heads, dim=0)
        for block in self.blocks:
            states = block(states, src_mask=mask)
        found: Tensor = self.norm(states)
        return found

    def logits(self, states: Tensor) -> Tensor:
        """Scores of all items."""
        return states @ self.items.weight[1:].T + self.bias


def learn(network: SasNetwork, histories: Histories, *, length: int, rate: float, epochs: int) -> None:
    """Foretell the next item at every place, with Adam and a short warm-up."""
    random = np.random.default_rng(0)
    pieces = windows(histories.lists, length)
    optimizer = torch.optim.Adam(network.parameters(), lr=rate, betas=(0.9, 0.98))
    steps = math.ceil(len(pieces) / _BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(1.0, (step + 1) / (2 * steps)))
    network.train()
    for _ in range(epochs):
        order = random.permutation(len(pieces))
        for begin in range(0, len(order), _BATCH):
            rows = padded([pieces[place] for place in order[begin : begin + _BATCH]])
            given, wanted = torch.from_numpy(rows[:, :-1]), torch.from_numpy(rows[:, 1:])
            real = (given > 0) & (wanted > 0)
            states = network(given)[real]
            loss = nn.functional.cross_entropy(network.logits(states), wanted[real] - 1)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 5.0)
            optimizer.step()
            schedule.step()


def windows(lists: Sequence[NDArray[np.int64]], length: int) -> list[NDArray[np.int64]]:
    """Item numbers of pieces of at most `length` + 1 events, each event but the first foretold in one."""
    pieces = []
    for one in lists:
        end = len(one)
        while end > 1:
            begin = max(0, end - length - 1)
            pieces.append(one[begin:end] + 1)
            end = begin + 1
    return pieces


def padded(rows: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    """Rows of the same length, with 0 in front of the shorter ones; one place at least."""
    longest = max(1, *(len(row) for row in rows)) if rows else 1
    found = np.zeros((len(rows), longest), np.int64)
    for place, row in enumerate(rows):
        if len(row):
            found[place, longest - len(row) :] = row
    return found
