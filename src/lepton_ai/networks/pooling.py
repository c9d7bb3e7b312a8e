"""From one vector a position to one vector a text."""

from __future__ import annotations

import torch
from torch import Tensor

_FAR_BELOW = 1e4


def max_and_mean(vectors: Tensor, real: Tensor) -> Tensor:
    """The largest and the mean entry over the real positions, side by side.

    Args:
        vectors: Shape [rows, length, width].
        real: Shape [rows, length], true where there is a unit and not padding.

    Returns:
        Shape [rows, 2 * width]; zeros for a row without a real position.
    """
    mask = real.unsqueeze(-1).to(vectors.dtype)
    present = mask.amax(1)
    largest = (vectors - _FAR_BELOW * (1 - mask)).amax(1) * present
    mean = (vectors * mask).sum(1) / mask.sum(1).clamp(min=1)
    return torch.cat([largest, mean], 1)
