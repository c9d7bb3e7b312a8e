"""Networks that score every item of a catalogue for a user's history, by name."""

from lepton_ai.core.registry import Registry
from lepton_ai.networks.ranking.base import ItemNetwork

RANKING_NETWORKS: Registry[type[ItemNetwork]] = Registry(
    "network for recommendation",
    {
        "item_linear": "lepton_ai.networks.ranking.item_linear:ItemLinear",
        "causal_transformer": "lepton_ai.networks.ranking.causal_transformer:CausalTransformer",
        "gru_sequence": "lepton_ai.networks.ranking.gru_sequence:GRUSequence",
        "caser": "lepton_ai.networks.ranking.caser:Caser",
        "two_tower": "lepton_ai.networks.ranking.two_tower:TwoTower",
        "neumf": "lepton_ai.networks.ranking.neumf:NeuMF",
    },
)

__all__ = ["RANKING_NETWORKS"]
