"""Scores of pairs and of whole catalogues."""

from __future__ import annotations

import torch

from lepton_ai.networks.ranking.neumf import NeuMF


@torch.no_grad()
def test_pairs_score_like_the_whole_catalogue():
    network = NeuMF({"user": 4}, 6, width=3).eval()
    torch.nn.init.normal_(network.bias)
    users, items = torch.tensor([2, 0, 3]), torch.tensor([[5, 0], [1, 1], [3, 4]])
    whole = network(users[:, None])
    assert whole.shape == (3, 6)
    torch.testing.assert_close(network.pairs(users, items), whole.gather(1, items))
