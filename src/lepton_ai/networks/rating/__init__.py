"""Networks that tell how a user rates an item, by name."""

from lepton_ai.core.registry import Registry
from lepton_ai.networks.base import Network

RATING_NETWORKS: Registry[type[Network]] = Registry(
    "network for ratings",
    {"factorisation": "lepton_ai.networks.rating.factorisation:Factorisation"},
)

__all__ = ["RATING_NETWORKS"]
