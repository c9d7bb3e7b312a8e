from __future__ import annotations

import torch
from torch import nn

from lepton_ai.training.averaging import WeightAverage


def one_weight(value):
    network = nn.Linear(1, 1, bias=False)
    nn.init.constant_(network.weight, value)
    return network


def test_it_is_the_moving_average_with_a_warm_start():
    network, expected = one_weight(0.0), 0.0
    average = WeightAverage(network, 0.5)
    for step, value in enumerate([4.0, 8.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 7.0], start=1):
        nn.init.constant_(network.weight, value)
        average.update()
        decay = min(0.5, (1 + step) / (10 + step))
        expected = decay * expected + (1 - decay) * value
    assert network.weight.item() == 7.0
    average.apply()
    torch.testing.assert_close(network.weight.item(), expected, rtol=1e-5, atol=1e-6)


def test_weights_that_stay_are_their_average():
    network = one_weight(3.0)
    average = WeightAverage(network, 0.99)
    for _ in range(5):
        average.update()
    average.apply()
    assert network.weight.item() == 3.0
