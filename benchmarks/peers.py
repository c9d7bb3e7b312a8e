"""What text classification is compared with, each tuned on validation rows cut from the training rows."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from benchmarks.datasets import Rows

_VALIDATION = 0.15


class Peer(Protocol):
    """A trained classifier."""

    def predict(self, texts: Sequence[str]) -> list[str]:
        """The label of each text."""

    def size(self) -> int:
        """Bytes of the model on disk."""


def linear(train: Rows, score: Callable[[Sequence[str], Sequence[str]], float]) -> tuple[Peer, str]:
    """TF-IDF with logistic regression or a linear support vector machine, the best of a grid."""
    fitting, validation = cut(train)
    candidates = [(kind, cost) for kind, costs in _GRID.items() for cost in costs]
    table = _vectorizer(train[0])
    table.fit(fitting[0])
    seen, unseen = table.transform(fitting[0]), table.transform(validation[0])
    scored = []
    for kind, cost in candidates:
        model = _linear_model(kind, cost).fit(seen, fitting[1])
        scored.append((score(validation[1], model.predict(unseen).tolist()), kind, cost))
    _, kind, cost = max(scored)
    return _Pipeline(_vectorizer(train[0]), _linear_model(kind, cost), train), f"{kind} C={cost}"


def fasttext(train: Rows, score: Callable[[Sequence[str], Sequence[str]], float]) -> tuple[Peer, str]:
    """fastText with word and character n-grams, by a search along one setting after the other."""
    fitting, validation = cut(train)

    def quality(settings: dict[str, int | float]) -> float:
        try:
            return score(validation[1], _FastText(fitting, settings).predict(validation[0]))
        except RuntimeError:  # still "Encountered NaN": it diverges with these settings
            return -1.0

    best = dict(_FASTTEXT_START)
    found = quality(best)
    for choices in _fasttext_choices(train[0]):
        for change in choices:
            if change.items() <= best.items():
                continue
            reached = quality(best | change)
            if reached > found:
                best, found = best | change, reached
    return _FastText(train, best), " ".join(f"{name}={value}" for name, value in sorted(best.items()))


_GRID: dict[str, tuple[float, ...]] = {"logistic": (3.0, 10.0, 30.0), "svm": (0.1, 0.3, 1.0)}

_FASTTEXT_START: dict[str, int | float] = {
    "bucket": 200_000,
    "dim": 100,
    "epoch": 25,
    "lr": 0.25,
    "maxn": 0,
    "minn": 0,
    "wordNgrams": 2,
}


def _fasttext_choices(texts: Sequence[str]) -> Iterator[list[dict[str, int | float]]]:
    """What is tried, one setting at a time, the others at the best so far."""
    if not is_chinese(texts):
        yield [{"minn": 2, "maxn": 5}, {"minn": 3, "maxn": 6}]
    yield [{"lr": rate} for rate in (0.1, 0.5, 1.0)]
    yield [{"wordNgrams": words} for words in (1, 3)]
    yield [{"epoch": epochs} for epochs in ((5, 10) if len(texts) > _MANY_ROWS else (10, 50, 100))]
    yield [{"bucket": 2_000_000}, {"dim": 50}]


_MANY_ROWS = 20_000

# fastText 0.9.2 sets a tenth of its embeddings at random for each thread and leaves the others as the memory
# happens to be: mostly zero, which does no harm, now and then NaN, which ends a training that goes well the
# next time.
_THREADS = max(2, os.cpu_count() or 1)
_TRIES = 5


def cut(rows: Rows) -> tuple[Rows, Rows]:
    """Rows to fit and rows to choose by."""
    chosen = np.random.default_rng(1).random(len(rows[0])) < _VALIDATION
    fitting, validation = (
        ([rows[0][row] for row in places], [rows[1][row] for row in places])
        for places in (np.flatnonzero(~chosen), np.flatnonzero(chosen))
    )
    return fitting, validation


def is_chinese(texts: Sequence[str]) -> bool:
    """Whether more than a fifth of the letters are Chinese characters."""
    sample = "".join(texts[:200])
    return sum("\u4e00" <= letter <= "\u9fff" for letter in sample) > 0.2 * len(sample)


def _vectorizer(texts: Sequence[str]) -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import FeatureUnion

    if is_chinese(texts):
        return TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True, min_df=1)
    return FeatureUnion(
        [
            ("words", TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)),
            ("characters", TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)),
        ]
    )


def _linear_model(kind: str, cost: float) -> Any:
    from sklearn.linear_model import LogisticRegression
    from sklearn.svm import LinearSVC

    return LogisticRegression(C=cost, max_iter=300) if kind == "logistic" else LinearSVC(C=cost)


class _Pipeline:
    """A scikit-learn pipeline."""

    def __init__(self, table: Any, model: Any, train: Rows) -> None:
        from sklearn.pipeline import make_pipeline

        self.pipeline = make_pipeline(table, model).fit(*train)

    def predict(self, texts: Sequence[str]) -> list[str]:
        labels: list[str] = self.pipeline.predict(texts).tolist()
        return labels

    def size(self) -> int:
        import pickle

        return len(pickle.dumps(self.pipeline))


class _FastText:
    """A fastText model; Chinese is given to it one character a word."""

    def __init__(self, train: Rows, settings: dict[str, int | float]) -> None:
        self._spaced = is_chinese(train[0])
        self._labels = sorted(set(train[1]))
        number = {label: place for place, label in enumerate(self._labels)}
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "train.txt"
            lines = [
                f"__label__{number[label]} {self._line(text)}" for text, label in zip(*train, strict=True)
            ]
            file.write_text("\n".join(lines), encoding="utf-8")
            self._model = self._fit(file, settings)

    @staticmethod
    def _fit(file: Path, settings: dict[str, int | float]) -> Any:
        import fasttext  # type: ignore[import-untyped]

        def fit() -> Any:
            return fasttext.train_supervised(str(file), thread=_THREADS, verbose=0, minCount=1, **settings)

        for _ in range(_TRIES - 1):
            with contextlib.suppress(RuntimeError):
                return fit()
        return fit()

    def predict(self, texts: Sequence[str]) -> list[str]:
        found = self._model.predict([self._line(text) for text in texts])[0]
        return [self._labels[int(labels[0].removeprefix("__label__"))] for labels in found]

    def size(self) -> int:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "model.bin"
            self._model.save_model(str(file))
            return file.stat().st_size

    def _line(self, text: str) -> str:
        flat = " ".join(text.split()).lower()
        return " ".join(flat.replace(" ", "")) if self._spaced else flat
