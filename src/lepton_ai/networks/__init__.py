"""Neural networks by name. `NETWORKS` is the table of everything this room offers."""

from lepton_ai.core.registry import Registry
from lepton_ai.networks.base import Network

NETWORKS: Registry[type[Network]] = Registry(
    "network",
    {
        "wide_ngram": "lepton_ai.networks.wide_ngram:WideNgram",
        "text_cnn": "lepton_ai.networks.text_cnn:TextCNN",
        "recurrent": "lepton_ai.networks.recurrent:Recurrent",
        "transformer": "lepton_ai.networks.transformer:Transformer",
    },
)

__all__ = ["NETWORKS", "Network"]
