"""Vectors of items from themselves and from their words."""

from __future__ import annotations

import torch

from lepton_ai.networks.ranking.item_table import ItemTable

WORDS = torch.tensor([[1, 2], [1, 0], [0, 0]])


def test_an_item_is_its_own_vector_plus_the_mean_of_its_words():
    table = ItemTable(3, 4, WORDS).eval()
    words = table.word_vectors.weight
    expected = table.own[0] + (words[1] + words[2]) / 2
    torch.testing.assert_close(table.vectors()[0], expected)
    torch.testing.assert_close(table.vectors()[2], table.own[2])


def test_an_item_without_events_behaves_like_the_mean_of_others():
    table = ItemTable(3, 4, WORDS).eval()
    with torch.no_grad():
        table.bias.copy_(torch.tensor([1.0, 5.0, -2.0]))
    table.stand_in(torch.tensor([1]), torch.tensor([[0, 2]]))
    torch.testing.assert_close(table.own[1], (table.own[0] + table.own[2]) / 2)
    assert table.bias[1] == -0.5


def test_an_item_of_which_nothing_is_known_is_the_least_likely():
    table = ItemTable(3, 4)
    with torch.no_grad():
        table.bias.copy_(torch.tensor([1.0, 5.0, -2.0]))
    table.stand_in(torch.tensor([1]), torch.zeros(1, 0, dtype=torch.int64))
    assert table.bias[1] == -2.0
    assert not table.own[1].any()


def test_merged_answers_alike():
    table = ItemTable(3, 4, WORDS).eval()
    torch.testing.assert_close(table.merged().vectors(), table.vectors())


def test_own_vectors_are_left_out_for_some_items_while_training():
    torch.manual_seed(0)
    table = ItemTable(500, 4, torch.ones(500, 1, dtype=torch.int64)).train()
    words_only = (table.vectors() - table.word_vectors.weight[1]).abs().sum(1) < 1e-6
    assert 20 <= int(words_only.sum()) <= 90


def test_it_starts_from_how_often_items_come():
    table = ItemTable(2, 4)
    table.start_from(torch.tensor([0.75, 0.25]))
    torch.testing.assert_close(table.bias.softmax(0), torch.tensor([0.75, 0.25]))
