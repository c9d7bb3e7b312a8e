"""Every trainer of recommenders, and every loss, keeps the promises of its protocol."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from ring import Counting, fresh, histories, learn, on_the_right_ring, scores
from samples import RANKING_SETTINGS, RANKING_TRAINS

from lepton_ai.core.progress import Silent
from lepton_ai.networks.base import Network
from lepton_ai.tasks.ranking_recipes import LOSS_NAMES
from lepton_ai.training.ranking.histories import Histories
from lepton_ai.training.ranking.losses import LOSSES
from lepton_ai.training.ranking.trainers import RANKING_TRAINERS, RankingLesson

every_trainer = pytest.mark.parametrize("name", RANKING_TRAINERS)


def network(name):
    return RANKING_TRAINS.get(name, "two_tower")


@every_trainer
def test_it_learns_and_tells_how_far_it_is(name):
    progress = Counting()
    assert on_the_right_ring(learn(network(name), name, progress=progress)) > 0.9
    assert progress.steps == RANKING_SETTINGS[name].get("epochs", 1)


@every_trainer
def test_a_seed_decides_everything(name):
    few = {"epochs": 2} if "epochs" in RANKING_SETTINGS[name] else {}
    one, again, other = (learn(network(name), name, seed=seed, settings=few) for seed in (3, 3, 4))
    assert (scores(one, range(9)) == scores(again, range(9))).all()
    chance = bool(few)
    assert (scores(one, range(9)) == scores(other, range(9))).all() == (not chance)


@every_trainer
def test_an_unknown_setting_is_refused(name):
    with pytest.raises(msgspec.ValidationError, match="no_such_setting"):
        learn(network(name), name, settings={"no_such_setting": 1})


@every_trainer
def test_a_network_that_it_cannot_train_is_refused(name):
    class Other(Network):
        arrays = ("items",)

        def __init__(self, vocabulary, classes):
            super().__init__(vocabulary, classes)

        def forward(self, items):
            return items

    other = Other({"items": 13}, 12)
    lesson = RankingLesson(histories=histories(), items=12, length=8, settings={}, seed=0, progress=Silent())
    with pytest.raises(TypeError, match=r"Other|linear network"):
        RANKING_TRAINERS[name](other, lesson)


@every_trainer
def test_users_without_events_do_no_harm(name):
    settings = RANKING_SETTINGS[name] | ({"epochs": 1} if "epochs" in RANKING_SETTINGS[name] else {})
    chosen, walks = fresh(network(name)), histories()
    starts = np.concatenate([[0], walks.starts[:-1]])  # the first user has no event, and the last is gone
    lesson = RankingLesson(
        histories=Histories(starts, walks.events[: starts[-1]]),
        items=12,
        length=8,
        settings=settings,
        seed=0,
        progress=Silent(),
    )
    RANKING_TRAINERS[name](chosen, lesson)
    assert np.isfinite(scores(chosen.eval(), [0, 5])).all()


@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss_teaches(loss):
    assert on_the_right_ring(learn("two_tower", "next_item", settings={"loss": loss})) > 0.9


def test_every_loss_can_be_asked_for():
    assert sorted(LOSS_NAMES) == sorted(LOSSES)
