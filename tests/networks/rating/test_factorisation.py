from __future__ import annotations

import torch

from lepton_ai.networks.rating.factorisation import Factorisation

USERS, ITEMS = torch.tensor([[0], [1], [2], [2]]), torch.tensor([[0], [3], [1], [0]])


def filled(rank):
    network = Factorisation({"user": 3, "item": 4}, rank=rank)
    for buffer in network.buffers():
        buffer.copy_(torch.randn(buffer.shape))
    return network


def test_a_rating_is_mean_and_biases_and_inner_product():
    network = filled(5)
    found = network(USERS, ITEMS)
    assert found.shape == (4, 1)
    for row, (user, item) in enumerate(zip(USERS[:, 0], ITEMS[:, 0], strict=True)):
        expected = network.mean + network.user_bias[user] + network.item_bias[item]
        expected = expected + network.users[user] @ network.items[item]
        torch.testing.assert_close(found[row, 0], expected)


def test_several_are_served_as_one():
    networks, weights = [filled(2), filled(3)], [0.25, 0.75]
    ((served, weight),) = Factorisation.for_serving(networks, weights)
    assert weight == 1.0
    assert served.rank == 5
    expected = sum(share * network(USERS, ITEMS) for network, share in zip(networks, weights, strict=True))
    torch.testing.assert_close(served(USERS, ITEMS), expected)


def test_its_weights_can_be_loaded_into_another():
    network, other = filled(4), Factorisation({"user": 3, "item": 4}, rank=4)
    other.load_state_dict(network.state_dict())
    torch.testing.assert_close(other(USERS, ITEMS), network(USERS, ITEMS))


def test_untrained_it_knows_nothing():
    assert not Factorisation({"user": 3, "item": 4})(USERS, ITEMS).any()
