"""Single pairs of a user and an item."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from lepton_ai.core.errors import TrainingError
from lepton_ai.core.progress import Silent
from lepton_ai.networks.ranking.neumf import NeuMF
from lepton_ai.training.ranking.histories import Histories
from lepton_ai.training.ranking.pairs import train
from lepton_ai.training.ranking.trainers import RankingLesson

ITEMS, USERS = 8, 32


def lesson(**settings):
    """One half of the users takes the first items, the other half the others; item 1 is everyone's."""
    events = np.array([[1, *(user % 2 * 3 + 2 + np.arange(3))] for user in range(USERS)], np.int32)
    return RankingLesson(
        histories=Histories(np.arange(USERS + 1, dtype=np.int64) * 4, events.ravel()),
        items=ITEMS,
        length=4,
        settings={"epochs": 40, "batch": 32, "learning_rate": 2e-2, **settings},
        seed=0,
        progress=Silent(),
    )


def trained(**settings):
    torch.manual_seed(0)
    network = NeuMF({"user": USERS + 1}, ITEMS, width=8, dropout=0.0)
    train(network, lesson(**settings))
    with torch.no_grad():
        return network.eval()(torch.arange(USERS + 1)[:, None]).numpy()


@pytest.mark.parametrize("loss", ["bce", "bpr"])
def test_every_loss_tells_users_apart(loss):
    scores = trained(loss=loss)[1:]
    mine = np.where(np.arange(USERS)[:, None] % 2 == 0, scores[:, 1:4], scores[:, 4:7]).mean(1)
    theirs = np.where(np.arange(USERS)[:, None] % 2 == 0, scores[:, 4:7], scores[:, 1:4]).mean(1)
    assert (mine > theirs).mean() > 0.9


def test_user_0_stands_for_anyone():
    scores = trained()[0]
    assert scores.argmax() == 0
    assert scores[7] == scores.min()


def test_a_loss_that_is_no_number_is_an_error():
    network = NeuMF({"user": USERS + 1}, ITEMS)
    with torch.no_grad():
        network.items.weight.fill_(float("nan"))
    with pytest.raises(TrainingError, match="diverged in epoch 1"):
        train(network, lesson())
