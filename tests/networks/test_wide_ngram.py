from __future__ import annotations

import torch

from lepton_ai.networks.wide_ngram import WideNgram


def test_logits_are_the_weighted_sum_of_the_rows_of_the_table():
    network = WideNgram({"ngrams": 6}, 3)
    torch.nn.init.normal_(network.weights)
    torch.nn.init.normal_(network.bias)
    ngrams, values = (
        torch.tensor([[2, 5], [3, 0], [0, 0]]),
        torch.tensor([[0.6, 0.8], [1.0, 0.0], [0.0, 0.0]]),
    )
    table = network.weights
    expected = torch.stack([0.6 * table[2] + 0.8 * table[5], table[3], torch.zeros(3)]) + network.bias
    torch.testing.assert_close(network(ngrams, values), expected)


def test_untrained_it_knows_nothing():
    assert not WideNgram({"ngrams": 6}, 3)(torch.tensor([[2]]), torch.ones(1, 1)).any()
