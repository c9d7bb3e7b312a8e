"""The public datasets that the benchmarks and tests use, from `../shared/data` or `LEPTON_DATA`."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

Rows = tuple[list[str], list[str]]
"""Texts and labels."""


@dataclass(frozen=True)
class Dataset:
    """One split of a dataset: rows to learn from and rows to be judged by."""

    name: str
    metric: str
    train: Rows
    test: Rows


@dataclass(frozen=True)
class Films:
    """MovieLens 100K.

    Attributes:
        events: Columns `user` and `item` (text), `rating` (1 to 5) and `timestamp` (seconds), in the order of
            the file: rows 20,000 (k - 1) + 1 to 20,000 k are the test rows of the published split uk.
        items: File with a title, a year and genres for each item.
        users: File with an age, a gender, an occupation and a zip code for each user.
    """

    events: dict[str, list[Any]]
    items: Path
    users: Path


def movielens() -> Films:
    """MovieLens 100K, in the layout of RecBole."""
    folder = root() / "recommendation" / "movielens_100k"
    lines = gzip.decompress((folder / "ml-100k.inter.gz").read_bytes()).decode("utf-8").splitlines()[1:]
    users, items, ratings, times = zip(*(line.split("\t") for line in lines), strict=True)
    events: dict[str, list[Any]] = {
        "user": list(users),
        "item": list(items),
        "rating": [float(rating) for rating in ratings],
        "timestamp": [int(time) for time in times],
    }
    return Films(events, folder / "ml-100k.item.gz", folder / "ml-100k.user.gz")


def root() -> Path:
    """The folder of the datasets."""
    return Path(os.environ.get("LEPTON_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))


def load(name: str) -> Iterator[Dataset]:
    """The splits of a dataset: one, or several when it is judged by cross-validation."""
    return DATASETS[name]()


def _read(path: str) -> str:
    return gzip.decompress((root() / path).read_bytes()).decode("utf-8-sig")


def _csv(path: str, text: str, label: str) -> Rows:
    rows = list(csv.DictReader(io.StringIO(_read(path))))
    return _clean([row[text] for row in rows], [row[label] for row in rows])


def _clean(texts: Sequence[str], labels: Sequence[str]) -> Rows:
    kept = [(text, label) for text, label in zip(texts, labels, strict=True) if text.strip()]
    return [text for text, _ in kept], [label for _, label in kept]


def _join(*parts: Rows) -> Rows:
    return [text for part in parts for text in part[0]], [label for part in parts for label in part[1]]


def _chnsenticorp() -> Iterator[Dataset]:
    folder = "text_classification_zh/chnsenticorp_htl"
    rows = list(csv.DictReader(io.StringIO(_read(f"{folder}/chnsenticorp_htl.csv.gz"))))
    sides = _read(f"{folder}/split.txt.gz").split()
    train, test = (
        _clean(
            [row["review"] for row, side in zip(rows, sides, strict=True) if side == wanted],
            [row["label"] for row, side in zip(rows, sides, strict=True) if side == wanted],
        )
        for wanted in ("train", "test")
    )
    yield Dataset("chnsenticorp_htl", "accuracy", train, test)


def _smp2017() -> Iterator[Dataset]:
    def part(name: str) -> Rows:
        text = _read(f"intent_faq_customer_service/smp2017_ecdt_zh/{name}.jsonl.gz")
        rows = [json.loads(line) for line in text.splitlines() if line.strip()]
        return _clean([row["text"] for row in rows], [row["label"] for row in rows])

    yield Dataset("smp2017", "macro_f1", _join(part("train"), part("develop")), part("test"))


def _sst2() -> Iterator[Dataset]:
    def part(name: str) -> Rows:
        lines = _read(f"text_classification_en/sst2/stsa.binary.{name}.gz").splitlines()
        pairs = [line.split(" ", 1) for line in lines if line.strip()]
        return _clean([pair[1] for pair in pairs], [pair[0] for pair in pairs])

    yield Dataset("sst2", "accuracy", _join(part("train"), part("dev")), part("test"))


def _banking77() -> Iterator[Dataset]:
    folder = "intent_faq_customer_service/banking77_en"
    train, test = (_csv(f"{folder}/{name}.csv.gz", "text", "category") for name in ("train", "test"))
    yield Dataset("banking77", "accuracy", train, test)


def _cold() -> Iterator[Dataset]:
    train, dev, test = (
        _csv(f"content_moderation/cold_zh/{name}.csv.gz", "TEXT", "label")
        for name in ("train", "dev", "test")
    )
    yield Dataset("cold", "accuracy", _join(train, dev), test)


def _chip2019() -> Iterator[Dataset]:
    lines = _read("medical_text/chip2019_ctc15_zh/train.txt.gz").splitlines()
    cells = [line.split("\t", 2) for line in lines if line.strip()]
    texts, labels = [cell[2] for cell in cells], [cell[1] for cell in cells]
    fold = _stratified_folds(labels, folds=5)
    for number in range(5):
        train, test = (
            ([texts[row] for row in rows], [labels[row] for row in rows])
            for rows in (np.flatnonzero(fold != number), np.flatnonzero(fold == number))
        )
        yield Dataset(f"chip2019/{number}", "macro_f1", train, test)


def _stratified_folds(labels: Sequence[str], *, folds: int) -> np.ndarray:
    """Every `folds`-th row of a label, after a fixed shuffle, to the same fold."""
    order = np.lexsort((np.random.default_rng(0).random(len(labels)), np.array(labels)))
    fold = np.empty(len(labels), np.int64)
    fold[order] = np.arange(len(labels)) % folds
    return fold


DATASETS: dict[str, Callable[[], Iterator[Dataset]]] = {
    "chnsenticorp_htl": _chnsenticorp,
    "smp2017": _smp2017,
    "sst2": _sst2,
    "banking77": _banking77,
    "cold": _cold,
    "chip2019": _chip2019,
}
