from __future__ import annotations

import torch

from lepton_ai.networks.pooling import max_and_mean


def test_only_real_positions_count():
    vectors = torch.tensor(
        [[[1.0, -5.0], [3.0, -1.0], [90.0, 90.0]], [[-7.0, -8.0], [99.0, 99.0], [9.0, 0.0]]]
    )
    real = torch.tensor([[True, True, False], [True, False, False]])
    expected = [[3.0, -1.0, 2.0, -3.0], [-7.0, -8.0, -7.0, -8.0]]
    torch.testing.assert_close(max_and_mean(vectors, real), torch.tensor(expected))


def test_a_row_without_a_real_position_is_zero():
    pooled = max_and_mean(torch.ones(1, 2, 3), torch.zeros(1, 2, dtype=torch.bool))
    assert pooled.tolist() == [[0.0] * 6]
