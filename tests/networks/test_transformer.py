from __future__ import annotations

import torch

from lepton_ai.networks.transformer import Transformer


def test_the_order_of_the_units_matters():
    network = Transformer({"units": 9}, 2, width=8, heads=2, layers=1).eval()
    one, other = torch.tensor([[[2], [3], [4]]]), torch.tensor([[[4], [3], [2]]])
    assert not torch.allclose(network(one), network(other), atol=1e-6)


def test_a_text_longer_than_any_seen_before():
    network = Transformer({"units": 9}, 2, width=8, heads=2, layers=1).eval()
    assert torch.isfinite(network(torch.full((1, 700, 1), 3))).all()
