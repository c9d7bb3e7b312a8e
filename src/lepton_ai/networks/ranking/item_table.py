"""One vector an item: learned for itself, and from what describes it."""

from __future__ import annotations

import torch
from torch import Tensor, nn

_FORGET = 0.1


class ItemTable(nn.Module):
    """Vectors and biases of all items of a catalogue.

    The vector of an item is one of its own plus the mean of the vectors of its words. While training, its
    own part is left out for a share of the items, so that the words learn to speak for it (cf. DropoutNet,
    Volkovs et al. 2017, NeurIPS).

    Args:
        items: Items of the catalogue.
        width: Length of a vector.
        words: Shape [items, longest]: the numbers of each item's words, 1 and up, 0 for padding; None when
            nothing is known of the items.
    """

    def __init__(self, items: int, width: int, words: Tensor | None = None) -> None:
        super().__init__()
        self.own = nn.Parameter(torch.randn(items, width) * width**-0.5)
        self.bias = nn.Parameter(torch.zeros(items))
        self.scale = nn.Parameter(torch.ones(()))
        self.words: Tensor
        if words is not None:
            self.register_buffer("words", words, persistent=False)
            self.word_vectors = nn.Embedding(int(words.max()) + 1, width, padding_idx=0)
            nn.init.normal_(self.word_vectors.weight, std=0.3 * width**-0.5)
            with torch.no_grad():
                self.word_vectors.weight[0] = 0.0
        self.has_words = words is not None

    def vectors(self) -> Tensor:
        """Shape [items, width]."""
        if not self.has_words:
            return self.own
        own: Tensor = self.own
        if self.training:
            own = own * (torch.rand(len(own), 1, device=own.device) >= _FORGET)
        count = (self.words > 0).sum(1, keepdim=True).clamp(min=1)
        described: Tensor = self.word_vectors(self.words).sum(1) / count
        return own + described

    def start_from(self, shares: Tensor) -> None:
        """Begin with what is known before anything is learned: how often each item comes, shape [items]."""
        with torch.no_grad():
            self.bias.copy_(shares.log())

    def stand_in(self, new: Tensor, alike: Tensor) -> None:
        """See `ItemNetwork.stand_in`."""
        with torch.no_grad():
            if alike.shape[1]:
                self.own[new] = self.own[alike].mean(1)
                self.bias[new] = self.bias[alike].mean(1)
            else:
                self.own[new] = 0.0
                self.bias[new] = self.bias.min()

    def merged(self) -> ItemTable:
        """A table of the same vectors without words, as it is served."""
        table = ItemTable(*self.own.shape)
        with torch.no_grad():
            table.own.copy_(self.vectors())
            table.bias.copy_(self.bias)
            table.scale.copy_(self.scale)
        return table.eval()
