from __future__ import annotations

import torch
from torch.nn import functional

from lepton_ai.networks.text_cnn import TextCNN


def test_the_filters_are_convolutions():
    network = TextCNN({"units": 20}, 3, width=4, filters=2, spans=(1, 3)).eval()
    units = torch.randint(1, 20, (2, 6, 3))
    vectors = network.embedding(units).transpose(1, 2)
    strongest = []
    first = 0
    for span in (1, 3):
        block = network.projection[:, first : first + 2 * span].reshape(4, span, 2)
        kernel = block.permute(2, 0, 1)
        answers = functional.conv1d(vectors, kernel, padding=span - 1)
        strongest.append(answers.amax(2))
        first += 2 * span
    expected = network.output(functional.relu(torch.cat(strongest, 1)))
    torch.testing.assert_close(network(units), expected)


def test_for_serving_networks_of_like_spans_are_one():
    alike = [TextCNN({"units": 20}, 3, width=4, filters=filters, spans=(1, 2)).eval() for filters in (2, 3)]
    other = TextCNN({"units": 20}, 3, width=4, filters=2, spans=(3,)).eval()
    trained, weights = [*alike, other], [0.7, 0.2, 0.1]
    served = TextCNN.for_serving(trained, weights)
    assert len(served) == 2
    units = torch.randint(0, 20, (2, 5, 2))
    expected = sum(weight * one(units) for one, weight in zip(trained, weights, strict=True))
    torch.testing.assert_close(sum(weight * one(units) for one, weight in served), expected)


def test_a_text_shorter_than_every_filter():
    network = TextCNN({"units": 20}, 3, width=4, filters=2, spans=(4,)).eval()
    assert network(torch.tensor([[[5, 6, 7]]])).shape == (1, 3)
