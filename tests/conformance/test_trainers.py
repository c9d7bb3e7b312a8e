"""Every trainer keeps the promises of its protocol."""

from __future__ import annotations

import json
from functools import cache

import msgspec
import numpy as np
import pytest
import torch
from samples import CLASSES, SETTINGS, SMALL, TEXTS, TRAINS

from lepton_ai.codecs import CODECS
from lepton_ai.core.progress import Silent
from lepton_ai.networks import NETWORKS
from lepton_ai.training.predict import predict
from lepton_ai.training.ragged import EncodedRows
from lepton_ai.training.trainers import TRAINERS, Lesson

pytestmark = pytest.mark.parametrize("name", TRAINERS)


class Counting(Silent):
    steps = 0

    def advance(self, steps=1, note=""):
        self.steps += steps


@cache
def codec():
    return CODECS["text"].fit(TEXTS)


def network(name):
    torch.manual_seed(0)
    chosen = TRAINS.get(name, "text_cnn")
    return NETWORKS[chosen](codec().vocabulary(), 3, **SMALL.get(chosen, {}))


def trained(name, *, settings=None, weights=None, watch=None, seed=0):
    one, progress = network(name), Counting()
    arrays = one.arrays
    lesson = Lesson(
        rows=EncodedRows(codec(), TEXTS, arrays),
        targets=np.eye(3, dtype=np.float32)[CLASSES],
        weights=np.ones(len(TEXTS), np.float32) if weights is None else weights,
        settings=SETTINGS.get(name, {}) | (settings or {}),
        seed=seed,
        progress=progress,
        watch=watch and (EncodedRows(codec(), TEXTS[:6], arrays), np.eye(3, dtype=np.float32)[CLASSES[:6]]),
    )
    return one, TRAINERS[name](one, lesson), progress


def logits(one):
    return predict(one, EncodedRows(codec(), TEXTS, one.arrays))


def test_it_learns_and_tells_how_far_it_is(name):
    one, _, progress = trained(name)
    assert (logits(one).argmax(1) == CLASSES).mean() > 0.9
    assert progress.steps >= 1


def test_a_seed_decides_everything(name):
    np.testing.assert_array_equal(logits(trained(name, seed=3)[0]), logits(trained(name, seed=3)[0]))


def test_what_it_gives_back_repeats_the_training_without_watched_rows(name):
    _, repeat, _ = trained(name, watch=True)
    assert json.loads(json.dumps(dict(repeat))) == dict(repeat)
    one, again, _ = trained(name, settings=dict(repeat))
    assert dict(again) == dict(repeat)
    assert (logits(one).argmax(1) == CLASSES).mean() > 0.9


def test_rows_that_count_little_hardly_matter(name):
    weights = np.where(np.array(CLASSES) == 2, 1e-4, 1.5).astype(np.float32)
    assert not (logits(trained(name, weights=weights)[0]).argmax(1) == 2).any()


def test_an_unknown_setting_is_refused(name):
    with pytest.raises(msgspec.ValidationError, match="no_such_setting"):
        trained(name, settings={"no_such_setting": 1})
