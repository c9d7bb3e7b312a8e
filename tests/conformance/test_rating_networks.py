"""Every network and every trainer for ratings keeps the promises of its base class."""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch
from ring import Counting
from samples import RATING_SMALL, RATING_TRAINED_BY, RATING_TRAINS

sys.path.append(str(Path(__file__).parents[1] / "training"))
from toy_ratings import ITEMS, USERS, lesson, pairs, truth

from lepton_ai.networks.base import Network
from lepton_ai.networks.rating import RATING_NETWORKS
from lepton_ai.training.blend import Blend
from lepton_ai.training.export import export_onnx, largest_difference
from lepton_ai.training.rating.trainers import RATING_TRAINERS

every_network = pytest.mark.parametrize("name", RATING_NETWORKS)
every_trainer = pytest.mark.parametrize("name", RATING_TRAINERS)

VOCABULARY = {"user": USERS + 1, "item": ITEMS + 1}
INPUTS = {"user": "user.number", "item": "item.number"}


def fresh(name):
    torch.manual_seed(0)
    return RATING_NETWORKS[name](VOCABULARY, 1, **RATING_SMALL.get(name, {}))


def learn(name, trainer, *, seed=0, progress=None, **settings):
    network, given = fresh(name), lesson(seed=seed, **settings)
    RATING_TRAINERS[trainer](network, replace(given, progress=progress or given.progress))
    return network.eval()


@cache
def trained(name, seed=0):
    return learn(name, RATING_TRAINED_BY.get(name, "gibbs"), seed=seed)


def some(users=(0, 1, 7, 40, 3), items=(5, 0, 30, 1, 1)):
    return {"user": np.array(users)[:, None], "item": np.array(items)[:, None]}


def answers(network, given):
    with torch.no_grad():
        return network(*(torch.from_numpy(given[array]) for array in network.arrays)).numpy()


def error(network):
    """Root mean squared error on all pairs, most of which were not trained on."""
    users, items = np.divmod(np.arange(USERS * ITEMS), ITEMS)
    found = answers(network, some(users + 1, items + 1))[:, 0]
    return float(np.sqrt(np.square(found - truth()[users, items]).mean()))


@every_network
def test_it_learns(name):
    assert len(pairs()[0]) <= USERS * ITEMS / 2
    assert error(trained(name)) < 0.4 < truth().std()


@every_network
def test_its_settings_have_defaults(name):
    network = RATING_NETWORKS[name](VOCABULARY, 1).eval()
    assert set(network.arrays) <= set(INPUTS)
    assert answers(network, some()).shape == (5, 1)


@every_network
def test_a_row_does_not_depend_on_the_others(name):
    together = answers(trained(name), some())
    for row in range(5):
        one = {array: values[row : row + 1] for array, values in some().items()}
        np.testing.assert_allclose(answers(trained(name), one), together[row : row + 1], atol=1e-5)


@every_network
def test_whoever_is_unknown_has_a_finite_rating(name):
    assert np.isfinite(answers(trained(name), some([0], [0]))).all()


@every_network
def test_its_weights_can_be_loaded_into_another(name):
    other = fresh(name).eval()
    other.load_state_dict(trained(name).state_dict())
    np.testing.assert_array_equal(answers(other, some()), answers(trained(name), some()))


@every_network
def test_networks_answer_alike_when_served(name):
    both = [trained(name), trained(name, 1)]
    served = RATING_NETWORKS[name].for_serving(both, [0.6, 0.3])
    expected = 0.6 * answers(both[0], some()) + 0.3 * answers(both[1], some())
    found = sum(weight * answers(one.eval(), some()) for one, weight in served)
    np.testing.assert_allclose(found, expected, atol=1e-4)


@every_network
def test_its_graph_answers_like_it_at_every_shape(name):
    model = Blend([trained(name)], [1.0])
    graph = export_onnx(model, INPUTS, some([1, 2], [3, 4]), outputs=("value",), fixed=tuple(INPUTS))
    batches = [some(), some([0], [0]), some([40], [30])]
    assert largest_difference(graph, model, INPUTS, batches, output="value") < 1e-4


@every_trainer
def test_a_trainer_learns_and_tells_how_far_it_is(name):
    progress = Counting()
    assert error(learn(RATING_TRAINS.get(name, "factorisation"), name, progress=progress)) < 0.4
    assert progress.steps >= 1


@every_trainer
def test_a_seed_decides_everything(name):
    network = RATING_TRAINS.get(name, "factorisation")
    one, again, other = (answers(learn(network, name, seed=seed), some()) for seed in (3, 3, 4))
    np.testing.assert_array_equal(one, again)
    assert (one != other).any()


@every_trainer
def test_an_unknown_setting_is_refused(name):
    with pytest.raises(msgspec.ValidationError, match="no_such_setting"):
        learn(RATING_TRAINS.get(name, "factorisation"), name, no_such_setting=1)


@every_trainer
def test_a_network_that_it_cannot_train_is_refused(name):
    class Other(Network):
        arrays = ("user", "item")

        def __init__(self, vocabulary, classes):
            super().__init__(vocabulary, classes)

        def forward(self, user, item):
            return user + item

    other = Other(VOCABULARY, 1)
    with pytest.raises(TypeError, match="Other"):
        RATING_TRAINERS[name](other, lesson())
