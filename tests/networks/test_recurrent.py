from __future__ import annotations

import torch

from lepton_ai.networks.recurrent import Recurrent


def test_the_order_of_the_units_matters():
    network = Recurrent({"units": 9}, 2, width=4, hidden=3).eval()
    one, other = torch.tensor([[[2], [3], [4]]]), torch.tensor([[[4], [3], [2]]])
    assert not torch.allclose(network(one), network(other), atol=1e-6)
