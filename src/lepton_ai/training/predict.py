"""The logits of a network over encoded rows."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lepton_ai.networks import Network
from lepton_ai.training.ragged import EncodedRows, batches

_ROWS = 256


def predict(network: Network, rows: EncodedRows) -> NDArray[np.float32]:
    """Logits of shape [rows, classes], in the order of the rows; the network is left in evaluation mode."""
    network.eval()
    parts, places = [], []
    with torch.inference_mode():
        for batch in batches(rows.sizes, _ROWS):
            parts.append(logits_of(network, rows, batch).numpy())
            places.append(batch)
    logits = np.concatenate(parts)
    ordered = np.empty_like(logits)
    ordered[np.concatenate(places)] = logits
    return ordered


def logits_of(network: Network, rows: EncodedRows, batch: NDArray[np.int64]) -> Tensor:
    """Logits of the numbered rows."""
    logits: Tensor = network(*(torch.from_numpy(array) for array in rows.take(batch, network.arrays)))
    return logits
