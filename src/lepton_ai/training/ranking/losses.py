"""What a network of a recommender is told it did wrong, by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from lepton_ai.networks.ranking.base import StateNetwork


@dataclass(frozen=True)
class Sampler:
    """Draws items that were not taken.

    Attributes:
        shares: Shape [items]: how likely each item is drawn; sums to 1.
        count: Items of a draw.
        generator: Where chance comes from.
    """

    shares: Tensor
    count: int
    generator: torch.Generator

    def draw(self) -> Tensor:
        """Item positions of shape [count], with repetition."""
        return torch.multinomial(self.shares, self.count, replacement=True, generator=self.generator)


Loss = Callable[[StateNetwork, Tensor, Tensor, Sampler], Tensor]
"""From a network, states [events, width], the positions of the items that came [events], and a sampler."""


def softmax(network: StateNetwork, states: Tensor, came: Tensor, _: Sampler) -> Tensor:
    """Cross entropy over the whole catalogue."""
    return functional.cross_entropy(network.compare(states), came)


def sampled_softmax(network: StateNetwork, states: Tensor, came: Tensor, sampler: Sampler) -> Tensor:
    """Cross entropy over what came and a draw shared by the batch.

    The scores of drawn items are corrected by how likely each was to be drawn (Bengio and Senecal 2008;
    Yi et al. 2019, RecSys); a draw that is what came counts nothing.
    """
    negatives = sampler.draw()
    right, drawn = _scores(network, states, came, negatives)
    corrected = drawn - torch.log(sampler.shares[negatives] * sampler.count)
    corrected = corrected.masked_fill(negatives.unsqueeze(0) == came.unsqueeze(1), -1e4)
    return (torch.logsumexp(torch.cat([right.unsqueeze(1), corrected], 1), 1) - right).mean()


def bpr(network: StateNetwork, states: Tensor, came: Tensor, sampler: Sampler) -> Tensor:
    """What came is to score above each drawn item (Rendle et al. 2009, arXiv 1205.2618)."""
    negatives = sampler.draw()
    right, drawn = _scores(network, states, came, negatives)
    return _mean_of_others(functional.softplus(drawn - right.unsqueeze(1)), came, negatives)


def bce(network: StateNetwork, states: Tensor, came: Tensor, sampler: Sampler) -> Tensor:
    """What came is a yes, each drawn item a no; both count alike."""
    negatives = sampler.draw()
    right, drawn = _scores(network, states, came, negatives)
    return functional.softplus(-right).mean() + _mean_of_others(functional.softplus(drawn), came, negatives)


def _scores(network: StateNetwork, states: Tensor, came: Tensor, negatives: Tensor) -> tuple[Tensor, Tensor]:
    """The scores [events] of what came, and [events, drawn] of the draw."""
    vectors, table = network.table.vectors(), network.table
    right = (states * vectors[came]).sum(1) * table.scale + table.bias[came]
    drawn = states @ vectors[negatives].T * table.scale + table.bias[negatives]
    return right, drawn


def _mean_of_others(losses: Tensor, came: Tensor, negatives: Tensor) -> Tensor:
    """The mean of losses [events, drawn] without the draws that are what came."""
    others = negatives.unsqueeze(0) != came.unsqueeze(1)
    return (losses * others).sum() / others.sum().clamp(min=1)


LOSSES: dict[str, Loss] = {
    "softmax": softmax,
    "sampled_softmax": sampled_softmax,
    "bpr": bpr,
    "bce": bce,
}
