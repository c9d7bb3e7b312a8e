"""Every network keeps the promises of its base class."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
import torch
from samples import ARRAYS_FROM, CLASSES, SMALL, TEXTS

from lepton_ai.codecs import CODECS
from lepton_ai.core.progress import Silent
from lepton_ai.networks import NETWORKS
from lepton_ai.training.blend import Blend
from lepton_ai.training.export import export_onnx, largest_difference
from lepton_ai.training.predict import predict
from lepton_ai.training.ragged import EncodedRows
from lepton_ai.training.steps import train
from lepton_ai.training.trainers import Lesson

TARGETS = np.eye(3, dtype=np.float32)[CLASSES]
LEARNING = {"epochs": 5, "batch": 6, "learning_rate": 2e-2}

pytestmark = pytest.mark.parametrize("name", NETWORKS)


@cache
def codec(name):
    return CODECS[ARRAYS_FROM.get(name, "text")].fit(TEXTS)


def rows(name, cells=TEXTS):
    return EncodedRows(codec(name), cells, NETWORKS[name].arrays)


def fresh(name, *, seed=0):
    torch.manual_seed(seed)
    return NETWORKS[name](codec(name).vocabulary(), 3, **SMALL.get(name, {}))


def learn(network, name, *, seed=0):
    weights = np.ones(len(TEXTS), np.float32)
    lesson = Lesson(
        rows=rows(name), targets=TARGETS, weights=weights, settings=LEARNING, seed=seed, progress=Silent()
    )
    train(network, lesson)
    return network.eval()


@cache
def trained(name):
    return learn(fresh(name), name)


@cache
def graph(name):
    example = codec(name).encode(sorted(TEXTS, key=len)[-2:])
    return export_onnx(blend(name), {array: f"in.{array}" for array in NETWORKS[name].arrays}, example)


def blend(name):
    return Blend([trained(name)], [1.0])


def answers(network, cells, name, *, extra=0):
    """Logits for one padded batch, with `extra` positions of padding."""
    arrays = codec(name).encode(cells)
    padded = [
        np.pad(arrays[array], [(0, 0), (0, extra), *[(0, 0)] * (arrays[array].ndim - 2)])
        for array in network.arrays
    ]
    with torch.no_grad():
        return network(*map(torch.from_numpy, padded)).numpy()


def test_it_reads_arrays_that_its_codec_makes(name):
    assert set(NETWORKS[name].arrays) <= set(codec(name).encode(TEXTS[:1]))


def test_its_settings_have_defaults(name):
    network = NETWORKS[name](codec(name).vocabulary(), 3)
    assert answers(network.eval(), TEXTS[:2], name).shape == (2, 3)


def test_it_learns(name):
    assert (predict(trained(name), rows(name)).argmax(1) == CLASSES).mean() > 0.9


def test_a_seed_decides_everything(name):
    again, other = learn(fresh(name), name), learn(fresh(name, seed=1), name, seed=1)
    one = trained(name).state_dict()
    assert all(torch.equal(one[key], value) for key, value in again.state_dict().items())
    assert any(not torch.equal(one[key], value) for key, value in other.state_dict().items())


def test_its_weights_can_be_loaded_into_another(name):
    other = fresh(name, seed=5).eval()
    other.load_state_dict(trained(name).state_dict())
    np.testing.assert_array_equal(answers(other, TEXTS, name), answers(trained(name), TEXTS, name))


@pytest.mark.parametrize("extra", [1, 40])
def test_padding_changes_nothing(name, extra):
    cells = [*TEXTS[:7], ""]
    padded = answers(trained(name), cells, name, extra=extra)
    np.testing.assert_allclose(padded, answers(trained(name), cells, name), atol=1e-5)


def test_a_row_does_not_depend_on_the_others(name):
    together = answers(trained(name), TEXTS, name)
    order = np.random.default_rng(0).permutation(len(TEXTS))
    shuffled = answers(trained(name), [TEXTS[row] for row in order], name)
    np.testing.assert_allclose(shuffled, together[order], atol=1e-5)
    for row in (0, 1, 5):
        np.testing.assert_allclose(
            answers(trained(name), TEXTS[row : row + 1], name)[0], together[row], atol=1e-5
        )


@pytest.mark.parametrize("cells", [[""], ["zzzz"], ["", "退"], ["parcel " * 400]])
def test_odd_texts_have_finite_answers(name, cells):
    assert np.isfinite(answers(trained(name), cells, name)).all()


def test_no_noise_when_it_is_not_training(name):
    np.testing.assert_array_equal(answers(trained(name), TEXTS, name), answers(trained(name), TEXTS, name))


def test_networks_answer_alike_when_served(name):
    both = [trained(name), learn(fresh(name, seed=1), name, seed=1)]
    served = NETWORKS[name].for_serving(both, [0.6, 0.3])
    expected = 0.6 * answers(both[0], TEXTS, name) + 0.3 * answers(both[1], TEXTS, name)
    found = sum(weight * answers(one.eval(), TEXTS, name) for one, weight in served)
    np.testing.assert_allclose(found, expected, atol=1e-4)
    assert answers(served[0][0], [""], name).shape == (1, 3)


BATCHES = {
    "one long row": TEXTS[2:3],
    "one short row": ["x"],
    "one empty row": [""],
    "two rows": TEXTS[:2],
    "rows of unequal length": [*TEXTS, "", "x", "where is my parcel " * 12],
}


@pytest.mark.parametrize("batch", BATCHES)
def test_its_graph_answers_like_it_at_every_shape(name, batch):
    inputs = {array: f"in.{array}" for array in NETWORKS[name].arrays}
    largest_difference(graph(name), blend(name), inputs, [codec(name).encode(BATCHES[batch])])
