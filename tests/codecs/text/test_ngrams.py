from __future__ import annotations

import slow_text
from hypothesis import given, settings
from hypothesis import strategies as st
from slow_text import TEXTS, same_partition

from lepton_ai.codecs.text.ngrams import unit_ngrams, word_pieces
from lepton_ai.codecs.text.units import segment


@settings(deadline=None, max_examples=150)
@given(TEXTS, st.integers(1, 4))
def test_runs_are_those_of_the_slow_way(texts, longest):
    expected = [
        (number, run)
        for length in range(1, longest + 1)
        for number, text in enumerate(texts)
        for run in slow_text.runs(text, length)
    ]
    numbers, hashes = unit_ngrams(segment(texts), longest)
    assert numbers.tolist() == [number for number, _ in expected]
    assert same_partition([run for _, run in expected], hashes.tolist())


@settings(deadline=None, max_examples=150)
@given(TEXTS, st.integers(2, 3), st.integers(3, 5))
def test_pieces_are_those_of_the_slow_way(texts, shortest, longest):
    expected = [
        (number, piece)
        for length in range(shortest, longest + 1)
        for number, text in enumerate(texts)
        for piece in slow_text.pieces(text, length)
    ]
    numbers, hashes = word_pieces(segment(texts), shortest, longest)
    assert numbers.tolist() == [number for number, _ in expected]
    assert same_partition([piece for _, piece in expected], hashes.tolist())


def test_a_run_and_a_piece_of_the_same_characters_differ():
    units = segment(["ab a b"])
    assert not set(unit_ngrams(units, 3)[1].tolist()) & set(word_pieces(units, 2, 5)[1].tolist())


def test_hashes_do_not_depend_on_the_texts_around():
    alone, among = segment(["late parcel 快"]), segment(["x 快", "late parcel 快", "le"])
    for cut in (lambda units: unit_ngrams(units, 3), lambda units: word_pieces(units, 2, 5)):
        texts, hashes = cut(among)
        assert hashes[texts == 1].tolist() == cut(alone)[1].tolist()


def test_texts_without_words_have_no_pieces():
    assert [part.tolist() for part in word_pieces(segment(["快递", ""]), 2, 5)] == [[], []]
