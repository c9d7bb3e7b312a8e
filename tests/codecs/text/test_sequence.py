from __future__ import annotations

import numpy as np
import pytest
import slow_text
from hypothesis import given, settings
from hypothesis import strategies as st
from slow_text import TEXTS, same_partition

from lepton_ai.codecs.text.sequence import PADDING, PARTS, UNKNOWN, UnitCounts
from lepton_ai.codecs.text.units import segment

CORPUS = ["where is my parcel", "parcels are here 快递", "快递 到 了", "where where where"]


def fitted(texts, *, most=1000, least=1, longest=64):
    counts = UnitCounts()
    counts.add(segment(texts))
    return counts.sequence(most=most, least=least, longest=longest)


def ids(sequence, text):
    (row,) = sequence.encode(segment([text]))["units"]
    return row


@settings(deadline=None, max_examples=60)
@given(TEXTS)
def test_a_known_unit_has_one_id_everywhere(texts):
    sequence = fitted(texts)
    encoded = sequence.encode(segment(texts))["units"]
    units = [slow_text.units(text) for text in texts]
    found = [row[: len(text), 0].tolist() for row, text in zip(encoded, units, strict=True)]
    flat = [
        (unit, one)
        for text, row in zip(units, found, strict=True)
        for unit, one in zip(text, row, strict=True)
    ]
    known = [pair for pair in flat if pair[1] != UNKNOWN]
    assert all(one > UNKNOWN for _, one in known)
    assert same_partition([unit for unit, _ in known], [one for _, one in known])
    for row, text in zip(encoded, units, strict=True):
        assert not row[len(text) :].any()
        assert (row < sequence.ids).all()


@settings(deadline=None, max_examples=60)
@given(TEXTS, TEXTS, st.integers(1, 8))
def test_rows_do_not_depend_on_their_batch(texts, others, longest):
    sequence = fitted(texts, longest=longest)
    both = others + texts
    together = sequence.encode(segment(both))["units"]
    for row, text in zip(together, both, strict=True):
        alone = ids(sequence, text)
        np.testing.assert_array_equal(row[: len(alone)], alone)
        assert not row[len(alone) :].any()


@pytest.mark.parametrize("longest", [1, 2, 5, 6])
def test_of_a_long_text_both_ends_are_kept(longest):
    text = " ".join(f"word{number} 字" for number in range(20))
    whole = ids(fitted([text], longest=256), text)
    sequence = fitted([text], longest=longest)
    head = longest - longest // 2
    cut = sequence.encode(segment(["x", text, ""]))["units"]
    assert cut.shape == (3, longest, sequence.parts)
    np.testing.assert_array_equal(cut[1], np.concatenate([whole[:head], whole[len(whole) - longest // 2 :]]))


def test_words_share_their_beginning_and_their_ending():
    sequence = fitted(["parcel parsec parcels delivered shared", "parcel parcels"])
    parcel, parcels, delivered, shared = ids(sequence, "parcel parcels delivered shared")
    assert parcel[0] != parcels[0]
    assert parcel[1] == parcels[1] > UNKNOWN
    assert delivered[1] != shared[1]
    assert delivered[2] == shared[2] > UNKNOWN
    assert parcel[2] != parcels[2]


def test_single_characters_know_the_one_after_them():
    sequence = fitted(["快递快餐快递"])
    assert sequence.parts == PARTS - 1
    row = ids(sequence, "快递快餐快递")
    assert row[0, 0] == row[2, 0] == row[4, 0]
    assert row[0, 1] == row[4, 1] != row[2, 1]


def test_an_unknown_word_still_shows_its_pieces():
    sequence = fitted(["parcel deliveries"])
    (row,) = ids(sequence, "parcelling")
    assert row[0] == UNKNOWN
    assert row[1] == ids(sequence, "parcel")[0, 1] > UNKNOWN
    assert row[2] == PADDING


def test_all_unknown_and_empty_texts():
    encoded = fitted(CORPUS).encode(segment(["zzzz 猫", "", " "]))["units"]
    assert encoded[0, :, 0].tolist() == [UNKNOWN, UNKNOWN]
    assert not encoded[0, :, 1:].any()
    assert not encoded[1:].any()
    assert encoded.dtype == np.int32


def test_no_texts():
    assert fitted(CORPUS).encode(segment([]))["units"].shape[:2] == (0, 1)
    empty = fitted([])
    assert ids(empty, "anything")[:, 0].tolist() == [UNKNOWN]


def test_limits_on_what_is_known():
    assert fitted(CORPUS, most=2).ids <= 2 + 2 * PARTS
    sequence = fitted(CORPUS, least=3)
    assert ids(sequence, "where")[0, 0] > UNKNOWN
    assert ids(sequence, "parcel")[0, 0] == UNKNOWN
