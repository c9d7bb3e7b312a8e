from __future__ import annotations

import numpy as np
import polars as pl
import pytest
import safetensors.numpy

from lepton_ai.core.errors import DataError
from lepton_ai.data.seen import SeenTexts

TEXTS = pl.Series([f"message number {number}" for number in range(2_000)])


def test_equal_texts_are_seen_however_they_are_written():
    seen = SeenTexts.of(pl.Series(["Where is it?", "包裹到哪了", "包裹到哪了。"]))
    assert len(seen.hashes) == 2
    found = seen.overlap(pl.Series(["where is it", "ｗｈｅｒｅ　ｉｓ　ｉｔ", "包裹到哪了！", "refund"]))
    assert (found.texts, found.judged, found.seen, found.share) == (4, 4, 3, 0.75)


def test_of_many_texts_a_fair_sample_is_kept():
    seen = SeenTexts.of(TEXTS, most=500)
    assert len(seen.hashes) == 500
    fresh = pl.Series([f"another text {number}" for number in range(2_000)])
    found = seen.overlap(pl.concat([TEXTS[:1_000], fresh]))
    assert found.texts == 3_000
    assert found.judged == pytest.approx(750, rel=0.15)
    assert found.share == pytest.approx(1 / 3, abs=0.06)


def test_no_texts_are_kept_and_none_compared():
    empty = pl.Series([], dtype=pl.String)
    assert SeenTexts.of(empty).overlap(TEXTS).seen == 0
    assert SeenTexts.of(TEXTS).overlap(empty).share == 0.0


@pytest.mark.parametrize("most", [100, 10_000])
def test_bytes_hold_hashes_and_no_text(most):
    seen = SeenTexts.of(TEXTS, most=most)
    raw = seen.to_bytes()
    assert len(raw) < 8 * min(most, len(TEXTS)) + 300
    assert b"message" not in raw
    again = SeenTexts.from_bytes(raw)
    np.testing.assert_array_equal(again.hashes, seen.hashes)
    assert again.bound == seen.bound


def test_the_hashes_are_those_of_every_release():
    """Another hash would make every package of before tell that nothing was seen."""
    seen = SeenTexts.of(pl.Series(["where is my parcel", "包裹到哪了"]))
    assert seen.hashes.tolist() == [8211017163540908751, 11657579722043188816]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"x" * 100,
        safetensors.numpy.save({"hashes": np.zeros(3, np.uint64)}),
        safetensors.numpy.save({"hashes": np.zeros(3), "bound": np.zeros(1, np.uint64)}),
        safetensors.numpy.save({"hashes": np.zeros((3, 2), np.uint64), "bound": np.zeros(1, np.uint64)}),
        safetensors.numpy.save({"hashes": np.zeros(3, np.uint64), "bound": np.zeros(2, np.uint64)}),
    ],
)
def test_other_bytes_are_refused(raw):
    with pytest.raises(DataError, match="hashes of seen texts"):
        SeenTexts.from_bytes(raw)
