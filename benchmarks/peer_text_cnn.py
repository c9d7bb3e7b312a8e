"""A plain TextCNN in PyTorch, the deep-learning peer: Kim, "Convolutional Neural Networks for Sentence
Classification" (2014), over words of English and characters of Chinese."""

from __future__ import annotations

import io
import itertools
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from benchmarks.datasets import Rows
from benchmarks.peers import Peer, cut, is_chinese

_WIDTHS = (2, 3, 4)
_FILTERS = 100
_LONGEST = 256
_BATCH = 64
_MAX_EPOCHS = 30
_PATIENCE = 4
_PADDING, _UNKNOWN = 0, 1


@dataclass(frozen=True)
class Settings:
    """What is tuned."""

    rate: float
    embedding: int
    dropout: float = 0.5


_GRID = (Settings(1e-3, 128), Settings(3e-3, 128), Settings(1e-3, 200))


def text_cnn(
    train: Rows,
    score: Callable[[Sequence[str], Sequence[str]], float],
    *,
    grid: Sequence[Settings] = _GRID,
    max_epochs: int = _MAX_EPOCHS,
) -> tuple[Peer, str]:
    """A TextCNN with the settings and number of epochs that did best on validation rows.

    The chosen one is trained again on all rows. It answers on one thread, like the other peers.
    """
    fitting, validation = cut(train)
    threads = torch.get_num_threads()
    tried = [_search(fitting, validation, score, settings, max_epochs) for settings in grid]
    (_, epochs), settings = max(zip(tried, grid, strict=True), key=lambda pair: pair[0][0])
    model = TextCNN(train, settings)
    model.train(train, settings.rate, epochs)
    torch.set_num_threads(1)
    about = f"dropout={settings.dropout} embedding={settings.embedding} epochs={epochs} lr={settings.rate}"
    return model, f"{about} threads={threads}"


def _search(
    fitting: Rows,
    validation: Rows,
    score: Callable[[Sequence[str], Sequence[str]], float],
    settings: Settings,
    max_epochs: int,
) -> tuple[float, int]:
    """The best validation score of a training and its epoch."""
    model = TextCNN(fitting, settings)
    best = (-1.0, 0)
    for epoch in itertools.islice(model.epochs(fitting, settings.rate), max_epochs):
        reached = score(validation[1], model.predict(validation[0]))
        if reached > best[0]:
            best = (reached, epoch)
        elif epoch - best[1] >= _PATIENCE:
            break
    return best


class TextCNN:
    """Vocabulary, labels and network."""

    def __init__(self, train: Rows, settings: Settings) -> None:
        torch.manual_seed(0)
        self._by_letter = is_chinese(train[0])
        counts = Counter(token for text in train[0] for token in self._tokens(text))
        known = sorted(token for token, count in counts.items() if count > 1)
        self._numbers = {token: number for number, token in enumerate(known, start=_UNKNOWN + 1)}
        self._labels = sorted(set(train[1]))
        self._network = _Network(len(known) + _UNKNOWN + 1, len(self._labels), settings)

    def train(self, train: Rows, rate: float, epochs: int) -> None:
        """Train for a number of epochs."""
        for _ in itertools.islice(self.epochs(train, rate), epochs):
            pass

    def epochs(self, train: Rows, rate: float) -> Iterator[int]:
        """Train on, with Adam and cross-entropy, and stop after each epoch to tell its number."""
        places = {label: place for place, label in enumerate(self._labels)}
        texts = [self._encode(text) for text in train[0]]
        labels = torch.tensor([places[label] for label in train[1]])
        lengths = np.array([len(text) for text in texts])
        optimizer = torch.optim.Adam(self._network.parameters(), lr=rate)
        random = np.random.default_rng(0)
        for epoch in itertools.count(1):
            self._network.train()
            for rows in _batches(lengths, random):
                logits = self._network(_pad([texts[row] for row in rows]))
                loss = nn.functional.cross_entropy(logits, labels[torch.from_numpy(rows)])
                optimizer.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]
                optimizer.step()
            yield epoch

    def predict(self, texts: Sequence[str]) -> list[str]:
        """The label of each text."""
        self._network.eval()
        encoded = [self._encode(text) for text in texts]
        order = np.argsort([len(text) for text in encoded], kind="stable")
        found = np.empty(len(texts), np.int64)
        with torch.inference_mode():
            for start in range(0, len(order), _BATCH):
                rows = order[start : start + _BATCH]
                found[rows] = self._network(_pad([encoded[row] for row in rows])).argmax(1).numpy()
        return [self._labels[place] for place in found]

    def size(self) -> int:
        """Bytes of weights, vocabulary and labels."""
        weights = io.BytesIO()
        torch.save(self._network.state_dict(), weights)
        words = json.dumps([list(self._numbers), self._labels], ensure_ascii=False)
        return len(weights.getvalue()) + len(words.encode())

    def _tokens(self, text: str) -> list[str]:
        text = text.lower()
        return list("".join(text.split())) if self._by_letter else re.findall(r"\w+|[^\w\s]", text)

    def _encode(self, text: str) -> list[int]:
        return [self._numbers.get(token, _UNKNOWN) for token in self._tokens(text)[:_LONGEST]]


class _Network(nn.Module):
    """Tokens [rows, length] to logits [rows, classes]."""

    def __init__(self, tokens: int, classes: int, settings: Settings) -> None:
        super().__init__()
        self.embedding = nn.Embedding(tokens, settings.embedding, padding_idx=_PADDING)
        # PyTorch's own start, a deviation of 1, ends 2 points lower on banking77's validation rows.
        with torch.no_grad():
            self.embedding.weight.mul_(0.1)
        self.convolutions = nn.ModuleList(nn.Conv1d(settings.embedding, _FILTERS, width) for width in _WIDTHS)
        self.dropout = nn.Dropout(settings.dropout)
        self.output = nn.Linear(_FILTERS * len(_WIDTHS), classes)

    def forward(self, tokens: Tensor) -> Tensor:
        embedded = self.embedding(tokens).transpose(1, 2)
        found = [convolution(embedded).relu().amax(2) for convolution in self.convolutions]
        logits: Tensor = self.output(self.dropout(torch.cat(found, 1)))
        return logits


def _batches(lengths: np.ndarray, random: np.random.Generator) -> list[np.ndarray]:
    """All rows in random batches of texts of like length, which need little padding."""
    order = random.permutation(len(lengths))
    order = order[np.argsort(lengths[order] + random.integers(0, 10, len(order)), kind="stable")]
    batches = [order[start : start + _BATCH] for start in range(0, len(order), _BATCH)]
    return [batches[place] for place in random.permutation(len(batches))]


def _pad(texts: Sequence[Sequence[int]]) -> Tensor:
    """One row a text, as long as the longest and the widest kernel."""
    length = max(*_WIDTHS, *(len(text) for text in texts))
    padded = np.full((len(texts), length), _PADDING, np.int64)
    for row, text in enumerate(texts):
        padded[row, : len(text)] = text
    return torch.from_numpy(padded)
