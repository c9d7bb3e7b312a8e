"""GRUs over rows of unequal length that can also be exported."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn


class BidirectionalGRU(nn.Module):
    """Two GRUs that read each row from both ends (Cho et al. 2014, arXiv 1406.1078).

    The backward reader gets each row reversed within its own length, so that padding never comes before the
    text.

    Args:
        width: Length of an input vector.
        hidden: Length of a state of one reader.
    """

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.ahead = nn.GRU(width, hidden, batch_first=True)
        self.behind = nn.GRU(width, hidden, batch_first=True)

    def forward(self, vectors: Tensor, real: Tensor) -> Tensor:
        """States of shape [rows, length, 2 * hidden].

        Args:
            vectors: Shape [rows, length, width].
            real: Shape [rows, length], true before a row's padding.
        """
        if torch.onnx.is_in_onnx_export():
            return _as_operator((self.ahead, self.behind), vectors, real)
        ahead, _ = self.ahead(vectors)
        behind, _ = self.behind(reversed_within(vectors, real))
        return torch.cat([ahead, reversed_within(behind, real)], 2)


class BackwardGRU(nn.Module):
    """A GRU that reads each row from its last real position to its first.

    Args:
        width: Length of an input vector.
        hidden: Length of a state.
    """

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.reader = nn.GRU(width, hidden, batch_first=True)

    def forward(self, vectors: Tensor, real: Tensor) -> Tensor:
        """States of shape [rows, length, hidden]; see `BidirectionalGRU.forward`."""
        turned = reversed_within(vectors, real)
        if torch.onnx.is_in_onnx_export():
            return reversed_within(_as_operator((self.reader,), turned, real), real)
        states, _ = self.reader(turned)
        return reversed_within(states, real)


def reversed_within(vectors: Tensor, real: Tensor) -> Tensor:
    """Each row's real positions in reverse order, its padding left where it is."""
    positions = torch.arange(vectors.shape[1], device=vectors.device).unsqueeze(0)
    lengths = real.sum(1, keepdim=True)
    source = torch.where(positions < lengths, lengths - 1 - positions, positions)
    return vectors.gather(1, source.unsqueeze(-1).expand_as(vectors))


def _as_operator(readers: Sequence[nn.GRU], vectors: Tensor, real: Tensor) -> Tensor:
    """One or two readers as one ONNX operator, two reading from both ends.

    The exporter would otherwise write the loop out for the length of its example and freeze it.
    """
    rows, length, _ = vectors.shape
    hidden = readers[0].hidden_size
    states = torch.onnx.ops.symbolic(
        "GRU",
        (
            vectors.transpose(0, 1),
            torch.stack([_gates(reader, "weight_ih_l0") for reader in readers]),
            torch.stack([_gates(reader, "weight_hh_l0") for reader in readers]),
            torch.stack(
                [
                    torch.cat([_gates(reader, "bias_ih_l0"), _gates(reader, "bias_hh_l0")])
                    for reader in readers
                ]
            ),
            real.sum(1).to(torch.int32),
        ),
        {
            "hidden_size": hidden,
            "direction": "bidirectional" if len(readers) > 1 else "forward",
            "linear_before_reset": 1,
        },
        dtype=vectors.dtype,
        shape=(length, len(readers), rows, hidden),
    )
    flat: Tensor = states.permute(2, 0, 1, 3).reshape(rows, length, len(readers) * hidden)
    return flat


def _gates(reader: nn.GRU, parameter: str) -> Tensor:
    """The gates of a parameter in the order of ONNX: update, reset, new. In torch reset comes first."""
    reset, update, new = reader.get_parameter(parameter).chunk(3)
    return torch.cat([update, reset, new])
