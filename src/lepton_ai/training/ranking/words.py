"""The words that describe items, as numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import torch
from torch import Tensor

_LEAST_ITEMS = 2
_MOST_WORDS = 32
_ALIKE = 10
_AT_ONCE = 256


def word_numbers(words: Sequence[Sequence[str]]) -> Tensor | None:
    """Shape [items, longest]: numbers of each item's words, 1 and up, padded with 0.

    A word that describes a single item says nothing of others and is left out; of very many words of an
    item, those that describe the fewest others are kept. None when no word is left.
    """
    often = Counter(word for each in words for word in set(each))
    known = sorted(word for word, items in often.items() if items >= _LEAST_ITEMS)
    if not known:
        return None
    number = {word: place for place, word in enumerate(known, start=1)}
    chosen = [
        sorted({word for word in each if word in number}, key=lambda word: (often[word], word))[:_MOST_WORDS]
        for each in words
    ]
    table = torch.zeros(len(words), max(map(len, chosen)), dtype=torch.int64)
    for item, each in enumerate(chosen):
        table[item, : len(each)] = torch.tensor([number[word] for word in each], dtype=torch.int64)
    return table


def most_alike(words: Tensor, new: Tensor, known: Tensor) -> Tensor:
    """The items that new ones are most like, by the rarity of the words that they share.

    Args:
        words: As `word_numbers` gives them.
        new: Positions of the items to find others for.
        known: Positions of those that may be found.

    Returns:
        Positions of known items, shape [new, at most 10].
    """
    numbers = int(words.max()) + 1
    table = _weighed(words, numbers)
    others = torch.index_select(table, 0, known)
    found = []
    for start in range(0, len(new), _AT_ONCE):
        some = torch.index_select(table, 0, new[start : start + _AT_ONCE]).to_dense()
        likeness = torch.sparse.mm(others, some.T)
        found.append(likeness.topk(min(_ALIKE, len(known)), dim=0).indices.T)
    return known[torch.cat(found)]


def _weighed(words: Tensor, numbers: int) -> Tensor:
    """Sparse [items, words]: the rarer the word, the more it counts; every row of length 1."""
    item, place = torch.nonzero(words, as_tuple=True)
    word = words[item, place]
    often = torch.bincount(word, minlength=numbers).clamp(min=1)
    weight = torch.log(1 + len(words) / often)[word]
    length = torch.zeros(len(words)).index_add_(0, item, weight**2).sqrt()
    values = weight / length[item]
    shape = (len(words), numbers)
    return torch.sparse_coo_tensor(
        torch.stack([item, word]), values, shape, check_invariants=False
    ).coalesce()
