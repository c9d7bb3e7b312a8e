from __future__ import annotations

import pytest
import torch

from lepton_ai.networks import NETWORKS
from lepton_ai.networks.unit_network import UnitNetwork

SETTINGS = {"width": 16, "unit_dropout": 0.0, "embedding_dropout": 0.75}


@pytest.mark.parametrize("name", ["text_cnn", "recurrent", "transformer"])
def test_networks_that_read_in_order_start_with_the_same_vectors(name):
    assert issubclass(NETWORKS[name], UnitNetwork)
    torch.manual_seed(3)
    network = NETWORKS[name]({"units": 9}, 2, **SETTINGS)
    torch.manual_seed(3)
    table = torch.nn.init.normal_(torch.nn.Embedding(9, 16, padding_idx=0).weight.detach(), 0.0, 0.1)
    assert torch.equal(network.embedding.table.weight[1:], table[1:])
    assert not network.embedding.table.weight[0].any()
    assert network.embedding.dropout.p == 0.75
    assert network.embedding.unit_dropout == 0.0
    assert network.arrays == ("units",)
