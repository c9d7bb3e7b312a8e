"""Words of items as numbers."""

from __future__ import annotations

import torch

from lepton_ai.training.ranking.words import most_alike, word_numbers


def test_words_of_a_single_item_say_nothing_of_others():
    table = word_numbers([["drama", "unique"], ["drama", "war"], ["war", "drama"], []])
    assert table is not None
    assert table.shape == (4, 2)
    assert (table[0] > 0).sum() == 1
    assert sorted(table[1].tolist()) == sorted(table[2].tolist())
    assert not table[3].any()


def test_rarer_words_come_first_when_there_are_too_many():
    many = [f"w{number}" for number in range(40)]
    table = word_numbers([many, many, ["w7"], ["w7"]])
    assert table is not None
    assert table.shape == (4, 32)
    assert int(table[2, 0]) not in table[0].tolist()


def test_nothing_known_is_none():
    assert word_numbers([[], ["alone"]]) is None


def test_items_are_alike_by_the_rare_words_that_they_share():
    table = word_numbers(
        [
            ["drama", "tram"],
            ["drama"],
            ["drama", "harbour"],
            ["harbour", "drama"],
            ["drama", "tram"],
            ["drama"],
        ]
    )
    assert table is not None
    found = most_alike(table, torch.tensor([3, 4]), torch.tensor([0, 1, 2]))
    assert found[:, 0].tolist() == [2, 0]
    assert sorted(found[0].tolist()) == [0, 1, 2]
