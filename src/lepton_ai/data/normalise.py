"""When two texts are the same to a reader: width, case, punctuation and spaces do not count."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import numpy as np
import polars as pl
from numpy.typing import NDArray

_SEPARATOR = "\n"


def normalised(texts: pl.Series) -> pl.Series:
    """Texts without what does not count: NFKC, lower case, no punctuation, spaces or control characters.

    Symbols stay, emoji among them: "good 👍" and "good 👎" are not the same. A text of nothing but
    punctuation is kept as it is.
    """
    folded = texts.str.normalize("NFKC").str.to_lowercase().str.replace_many(["ß", "ς"], ["ss", "σ"])
    bare = folded.str.replace_all(r"[\p{P}\p{Z}\p{C}\s]+", "")
    bare = bare.str.normalize("NFKC")  # what was taken out may have stood between a letter and its accent
    return pl.select(pl.when(bare == "").then(folded.str.strip_chars()).otherwise(bare)).to_series()


def joined_text(frame: pl.DataFrame, columns: Iterable[str]) -> pl.Series:
    """One text a row: the columns joined by a line end, missing cells left out; missing when all are."""
    names = list(columns)
    parts = [pl.col(name).cast(pl.String) for name in names]
    if len(parts) == 1:
        return frame.select(parts[0].alias("text")).to_series()
    joined = pl.concat_str(parts, separator=_SEPARATOR, ignore_nulls=True)
    empty = pl.all_horizontal([pl.col(name).is_null() for name in names])
    return frame.select(pl.when(~empty).then(joined).alias("text")).to_series()


def stable_fractions(keys: Iterable[str], *, seed: int) -> NDArray[np.float64]:
    """Shape [keys]: a number in [0, 1) for each key, the same on every machine and in every release."""
    return (stable_hashes(keys, seed=seed) >> np.uint64(11)).astype(np.float64) / float(1 << 53)


def stable_hashes(keys: Iterable[str], *, seed: int) -> NDArray[np.uint64]:
    """Shape [keys]: 64 bits for each key, the same on every machine and in every release."""
    salt = seed.to_bytes(8, "little", signed=True)
    digests = b"".join(
        hashlib.blake2b(key.encode("utf-8"), digest_size=8, salt=salt).digest() for key in keys
    )
    return np.frombuffer(digests, dtype="<u8").astype(np.uint64)


def quick_hashes(texts: pl.Series) -> NDArray[np.uint64]:
    """Shape [rows]: 64-bit hashes, equal for equal texts within one process only."""
    return texts.hash(seed=7).to_numpy().astype(np.uint64, copy=False)
