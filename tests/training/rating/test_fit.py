from __future__ import annotations

from functools import cache

import msgspec
import numpy as np
import onnxruntime
import pytest
import safetensors.numpy
from toy import Counting
from toy_ratings import ITEMS, TRAINING, plan, rows, truth

from lepton_ai.core.errors import TrainingError
from lepton_ai.core.progress import Silent
from lepton_ai.training.rating.fit import fit_rating


@cache
def trained():
    return fit_rating(plan(), rows(), progress=Silent())


def test_held_out_ratings_are_foretold():
    result, given = trained(), rows()
    count = len(given.ratings)
    assert len(result.held_out) == len(set(result.held_out.tolist())) == pytest.approx(count * 2 / 5, abs=2)
    errors = result.held_out_ratings - given.ratings[result.held_out]
    assert np.sqrt(np.square(errors).mean()) < 0.5
    assert result.held_out_ratings.min() >= given.ratings.min()
    assert result.held_out_ratings.max() <= given.ratings.max()


def test_the_graph_answers_like_the_networks():
    result = trained()
    assert result.difference <= result.tolerance
    columns = {"user": ["u0", "u1", "nobody", None], "item": ["i3", "i0", "i1", "nothing"]}
    session = onnxruntime.InferenceSession(result.graph)
    feeds = {
        "user.number": result.users.encode(columns["user"])["number"],
        "item.number": result.items.encode(columns["item"])["number"],
    }
    (found,) = session.run(["value"], feeds)
    np.testing.assert_allclose(found, result.values(columns)["value"], atol=1e-4)
    for row in range(4):
        (alone,) = session.run(["value"], {name: array[row : row + 1] for name, array in feeds.items()})
        np.testing.assert_allclose(alone, found[row : row + 1], atol=1e-5)


def test_an_item_that_only_has_features_is_known():
    assert trained().items.encode([f"i{ITEMS}"])["number"].item() > 0
    assert np.isfinite(trained().values({"user": ["u0"], "item": [f"i{ITEMS}"]})["value"]).all()


def test_what_is_known_is_remembered():
    expected = truth()
    given = rows()
    found = trained().values({"user": given.users, "item": given.items})["value"][:, 0]
    assert np.sqrt(np.square(found - given.ratings).mean()) < 0.3 < expected.std()


def test_a_seed_decides_everything():
    one, again = (fit_rating(plan(rounds=1, seed=5), rows(), progress=Silent()) for _ in range(2))
    assert one.weights == again.weights
    np.testing.assert_array_equal(one.held_out_ratings, again.held_out_ratings)


def test_copies_and_networks_are_averaged():
    (network,) = plan().networks
    several = plan(networks=(msgspec.structs.replace(network, copies=2), network), rounds=0)
    watch = Counting()
    result = fit_rating(several, rows(features=False), progress=watch)
    assert [name for name, _ in watch.stages] == ["Training on all ratings", "Exporting"]
    assert watch.steps == watch.stages[0][1] == 3 * TRAINING["epochs"]
    assert result.model.weights == (0.25, 0.25, 0.5)
    assert sorted(result.weights) == [f"{number}_factorisation.safetensors" for number in range(3)]
    assert safetensors.numpy.load(result.weights["0_factorisation.safetensors"])["users"].shape[1] == 6
    assert len(result.held_out) == 0


def test_too_few_ratings_are_refused():
    with pytest.raises(TrainingError, match=r"There are 9 ratings\. Give at least 10"):
        fit_rating(plan(), rows(share=9 / 1200), progress=Silent())


def test_ten_ratings_are_enough():
    result = fit_rating(plan(rounds=5), rows(share=10 / 1200, features=False), progress=Silent())
    assert len(result.held_out) == 10
