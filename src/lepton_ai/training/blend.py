"""One module out of several networks, as it is exported."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from lepton_ai.networks import Network


class Blend(nn.Module):
    """The weighted sum of the logits of several networks over the same rows.

    Args:
        networks: The networks.
        weights: One weight each.
    """

    def __init__(self, networks: Sequence[Network], weights: Sequence[float]) -> None:
        super().__init__()
        self.networks = list(networks)
        self._registered = nn.ModuleList(networks)
        self.weights = tuple(float(weight) for weight in weights)
        self.arrays = tuple(dict.fromkeys(name for network in networks for name in network.arrays))
        """Names of the arrays that `forward` takes, each once."""

    def for_serving(self) -> Blend:
        """A blend that answers alike at less cost."""
        kinds: dict[type[Network], list[tuple[Network, float]]] = {}
        for network, weight in zip(self.networks, self.weights, strict=True):
            kinds.setdefault(type(network), []).append((network, weight))
        served = [
            pair for kind, group in kinds.items() for pair in kind.for_serving(*zip(*group, strict=True))
        ]
        return Blend([network for network, _ in served], [weight for _, weight in served])

    def forward(self, *arrays: Tensor) -> Tensor:
        """Logits of shape [rows, classes]."""
        named = dict(zip(self.arrays, arrays, strict=True))
        parts = [
            weight * network(*(named[name] for name in network.arrays))
            for network, weight in zip(self.networks, self.weights, strict=True)
        ]
        return torch.stack(parts).sum(0) if len(parts) > 1 else parts[0]
