from __future__ import annotations

from dataclasses import replace

import msgspec
import numpy as np
import pytest
import torch
from toy_ratings import ITEMS, USERS, lesson, pairs, truth

from lepton_ai.core.errors import TrainingError
from lepton_ai.networks.rating.factorisation import Factorisation
from lepton_ai.networks.wide_ngram import WideNgram
from lepton_ai.training.rating.gibbs import train
from lepton_ai.training.rating.sparse import SparseMatrix


def trained(given=None, rank=6):
    network = Factorisation({"user": USERS + 1, "item": ITEMS + 1}, rank=rank)
    train(network, given or lesson())
    return network


def predicted(network):
    users, items = np.divmod(np.arange((USERS + 1) * (ITEMS + 1)), ITEMS + 1)
    with torch.no_grad():
        values = network(torch.from_numpy(users)[:, None], torch.from_numpy(items)[:, None])
    return values.numpy().reshape(USERS + 1, ITEMS + 1)


def error_elsewhere(network, scale=1.0):
    """Root mean squared error on the pairs that were not trained on."""
    unseen = np.ones((USERS, ITEMS), bool)
    unseen[pairs()] = False
    return np.sqrt(np.square(predicted(network)[1:, 1:] / scale - truth())[unseen].mean())


def test_it_learns_what_it_was_not_told():
    assert truth().std() > 1.2
    assert error_elsewhere(trained()) < 0.35


@pytest.mark.parametrize("scale", [0.01, 100.0])
def test_the_unit_of_the_ratings_does_not_matter(scale):
    assert error_elsewhere(trained(lesson(scale=scale)), scale) < 0.35


def test_a_seed_decides_everything():
    one, again, other = (trained(lesson(seed=seed)) for seed in (3, 3, 4))
    for name, buffer in one.state_dict().items():
        assert torch.equal(buffer, again.state_dict()[name])
    assert not torch.equal(one.users, other.users)


def test_whoever_is_unknown_gets_what_holds_on_average():
    found, expected = predicted(trained()), truth()
    assert np.corrcoef(found[0, 1:], expected.mean(0))[0, 1] > 0.8
    assert found[0, 0] == pytest.approx(expected.mean(), abs=0.3)


def test_features_tell_of_an_item_without_ratings():
    users, items = pairs(0.7)
    kind = np.arange(ITEMS) % 2
    rated = items >= 2
    features = SparseMatrix(np.arange(ITEMS), kind, np.ones(ITEMS), shape=(ITEMS, 2))
    given = replace(
        lesson(),
        users=users[rated],
        items=items[rated],
        ratings=(2.0 + 2.0 * kind[items] + 0.1 * (users % 3))[rated],
        item_features=features,
    )
    unrated = predicted(trained(given))[1:, 1:3].mean(0)
    assert unrated == pytest.approx([2.1, 4.1], abs=0.5)


def test_constant_ratings_stay_as_they_are():
    given = lesson()
    constant = replace(given, ratings=np.full(len(given.ratings), 4.0))
    np.testing.assert_allclose(predicted(trained(constant)), 4.0, atol=0.3)


def test_a_higher_rank_changes_little():
    np.testing.assert_allclose(predicted(trained(rank=20)), predicted(trained(rank=30)), atol=0.05)


def test_numbers_that_are_not_finite_stop_it():
    given = lesson()
    given.ratings[3] = np.inf
    with np.errstate(invalid="ignore"), pytest.raises(TrainingError, match="no finite numbers"):
        trained(given)


def test_an_unknown_setting_is_refused():
    with pytest.raises(msgspec.ValidationError, match="no_such_setting"):
        trained(lesson(no_such_setting=1))


def test_another_network_is_refused():
    with pytest.raises(TypeError, match="WideNgram"):
        train(WideNgram({"ngrams": 6}, 3), lesson())
