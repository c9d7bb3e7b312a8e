"""Every network of a recommender keeps the promises of its base class."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
import torch
from ring import ITEMS, STEPS, USERS, VOCABULARY, arrays, fresh, histories, learn, on_the_right_ring, scores
from samples import RANKING_TRAINED_BY

from lepton_ai.networks.ranking import RANKING_NETWORKS
from lepton_ai.training.export import export_onnx, largest_difference
from lepton_ai.training.ranking.blend import ScoreBlend

pytestmark = pytest.mark.parametrize("name", RANKING_NETWORKS)


def trainer(name):
    return RANKING_TRAINED_BY.get(name, "next_item")


@cache
def trained(name):
    return learn(name, trainer(name))


def test_its_settings_have_defaults(name):
    network = RANKING_NETWORKS[name](VOCABULARY, ITEMS).eval()
    assert scores(network, [0, 1]).shape == (2, ITEMS)


def test_it_learns(name):
    """What comes next on the ring, or, from users alone, something of their ring."""
    assert on_the_right_ring(trained(name)) > 0.9
    if "items" in trained(name).arrays:
        last = histories().events.reshape(USERS, STEPS)[:, -1]
        following = (last - 1) // 6 * 6 + last % 6
        assert (scores(trained(name), range(USERS)).argmax(1) == following).mean() > 0.9


def test_a_seed_decides_everything(name):
    one, again = trained(name).state_dict(), learn(name, trainer(name)).state_dict()
    assert all(torch.equal(one[key], again[key]) for key in one)


def test_its_weights_can_be_loaded_into_another(name):
    other = fresh(name, seed=5).eval()
    other.load_state_dict(trained(name).state_dict())
    np.testing.assert_array_equal(scores(other, range(6)), scores(trained(name), range(6)))


def test_padding_changes_nothing(name):
    plain = scores(trained(name), range(6))
    np.testing.assert_allclose(scores(trained(name), range(6), extra=9), plain, atol=1e-5)


def test_a_row_does_not_depend_on_the_others(name):
    together = scores(trained(name), range(USERS))
    for user in (0, 7, 39):
        np.testing.assert_allclose(scores(trained(name), [user])[0], together[user], atol=1e-5)


def test_an_empty_history_has_finite_scores(name):
    network = trained(name)
    empty = {"items": np.zeros((1, 1), np.int64), "user": np.zeros((1, 1), np.int64)}
    with torch.no_grad():
        found = network(*(torch.from_numpy(empty[each]) for each in network.arrays)).numpy()
    assert found.shape == (1, ITEMS)
    assert np.isfinite(found).all()


def test_a_new_item_can_stand_in_for_others(name):
    network = learn(name, trainer(name))
    network.stand_in(torch.tensor([11]), torch.tensor([[2, 2]]))
    found = scores(network, range(0, USERS, 2))
    np.testing.assert_allclose(found[:, 11], found[:, 2], atol=1e-4)


def test_networks_answer_alike_when_served(name):
    both = [trained(name), learn(name, trainer(name), seed=1)]
    served = RANKING_NETWORKS[name].for_serving(both, [0.6, 0.3])
    expected = 0.6 * scores(both[0], range(9)) + 0.3 * scores(both[1], range(9))
    found = sum(weight * scores(one.eval(), range(9)) for one, weight in served)
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_its_graph_answers_like_it_at_every_shape(name):
    model = ScoreBlend([trained(name)], [1.0])
    inputs = {each: f"user.{each}" for each in model.arrays}
    graph = export_onnx(model, inputs, arrays([0, 1]), outputs=model.outputs, fixed=("user",))
    empty = {"items": np.zeros((1, 1), np.int64), "user": np.zeros((1, 1), np.int64)}
    batches = [arrays([3]), arrays(range(9)), arrays([4, 5], extra=30), empty | {"seen": empty["items"]}]
    assert largest_difference(graph, model, inputs, batches, output="scores") < 1e-3
