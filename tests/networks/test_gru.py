from __future__ import annotations

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from lepton_ai.networks.gru import BidirectionalGRU


def test_it_answers_like_torch_over_packed_rows():
    readers = BidirectionalGRU(5, 3)
    whole = nn.GRU(5, 3, batch_first=True, bidirectional=True)
    own = dict(readers.ahead.named_parameters())
    own |= {f"{name}_reverse": value for name, value in readers.behind.named_parameters()}
    whole.load_state_dict(own)
    vectors, lengths = torch.randn(3, 6, 5), torch.tensor([6, 2, 4])
    real = torch.arange(6) < lengths[:, None]
    packed = pack_padded_sequence(vectors, lengths, batch_first=True, enforce_sorted=False)
    expected, _ = pad_packed_sequence(whole(packed)[0], batch_first=True)
    found = readers(vectors, real)
    torch.testing.assert_close(found[real], expected[real])


def test_a_row_without_a_real_position():
    states = BidirectionalGRU(5, 3)(torch.randn(1, 4, 5), torch.zeros(1, 4, dtype=torch.bool))
    assert torch.isfinite(states).all()
