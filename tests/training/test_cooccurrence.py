from __future__ import annotations

import numpy as np
import torch
from torch.nn.functional import cosine_similarity

from lepton_ai.networks.unit_embedding import UnitEmbedding
from lepton_ai.training.cooccurrence import start_from_cooccurrence
from lepton_ai.training.ragged import Ragged

CAT, DOG, RAIN, SNOW, FEED, PET, WET, SKY, ALONE = range(2, 11)


def embedding(ids=11, width=8):
    torch.manual_seed(0)
    return UnitEmbedding(ids, width, unit_dropout=0.0, dropout=0.0)


def ragged(texts, parts=1):
    flat = np.zeros((sum(map(len, texts)), parts), np.int32)
    flat[:, 0] = [unit for text in texts for unit in text]
    return Ragged(flat, np.array([len(text) for text in texts], np.int64))


TEXTS = [
    [CAT, FEED],
    [DOG, FEED],
    [CAT, PET],
    [DOG, PET],
    [RAIN, WET],
    [SNOW, WET],
    [RAIN, SKY],
    [SNOW, SKY],
    [ALONE],
]


def test_units_that_stand_near_the_same_units_come_near_each_other():
    one = embedding()
    start_from_cooccurrence(one, ragged(TEXTS * 5), seed=0)
    table = one.table.weight.detach()

    def like(first, second):
        return cosine_similarity(table[first], table[second], dim=0).item()

    assert like(CAT, DOG) > 0.9
    assert like(RAIN, SNOW) > 0.9
    assert abs(like(CAT, RAIN)) < 0.5


def test_padding_unknown_and_units_without_neighbours_keep_their_start():
    one, untouched = embedding(), embedding().table.weight
    start_from_cooccurrence(one, ragged(TEXTS), seed=0)
    for unit in (0, 1, ALONE):
        torch.testing.assert_close(one.table.weight[unit], untouched[unit])
    assert not torch.equal(one.table.weight[CAT], untouched[CAT])


def test_nothing_known_changes_nothing():
    for texts in ([], [[]], [[CAT]], [[1, 1, CAT, 1]], [[CAT], [DOG]]):
        one = embedding()
        start_from_cooccurrence(one, ragged(texts), seed=0)
        assert torch.equal(one.table.weight, embedding().table.weight)


def test_a_seed_decides_the_vectors_and_fewer_ids_than_width_will_do():
    found = []
    for _ in range(2):
        one = embedding(ids=11, width=40)
        start_from_cooccurrence(one, ragged(TEXTS), seed=4)
        found.append(one.table.weight.detach())
    assert torch.equal(*found)
    assert torch.isfinite(found[0]).all()
