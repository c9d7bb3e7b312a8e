from __future__ import annotations

import torch

from lepton_ai.networks.unit_embedding import UNKNOWN, UnitEmbedding

UNITS = torch.tensor([[[2, 4, 6], [3, 5, 0]], [[3, 0, 0], [0, 0, 0]]])


def test_a_position_is_the_sum_of_its_ids_and_padding_is_zero():
    embedding = UnitEmbedding(8, 4, unit_dropout=0.5, dropout=0.5).eval()
    table = embedding.table.weight
    vectors = embedding(UNITS)
    torch.testing.assert_close(vectors[0, 0], table[2] + table[4] + table[6])
    torch.testing.assert_close(vectors[0, 1], table[3] + table[5])
    assert not vectors[1, 1].any()


def test_hidden_units_become_unknown_with_their_parts_while_training():
    embedding = UnitEmbedding(8, 4, unit_dropout=1.0, dropout=0.0).train()
    vectors = embedding(UNITS)
    for row, column in ((0, 0), (0, 1), (1, 0)):
        torch.testing.assert_close(vectors[row, column], embedding.table.weight[UNKNOWN])
    assert not vectors[1, 1].any()
    assert UNITS[0, 0].tolist() == [2, 4, 6]


def test_padding_is_never_learnt():
    embedding = UnitEmbedding(8, 4, unit_dropout=0.0, dropout=0.0)
    embedding(UNITS).sum().backward()
    assert not embedding.table.weight.grad[0].any()
    assert embedding.table.weight.grad[2].any()
