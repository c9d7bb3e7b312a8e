"""Columns to arrays and back: numpy only, and the same code in training and in serving.

`CODECS` is the table of everything this room offers; a package's manifest names entries of it.
"""

from lepton_ai.codecs.base import Codec, InputCodec, OutputCodec
from lepton_ai.core.registry import Registry

CODECS: Registry[type[Codec]] = Registry(
    "codec",
    {
        "entity": "lepton_ai.codecs.entity:EntityCodec",
        "history": "lepton_ai.codecs.ranking.history:HistoryCodec",
        "label": "lepton_ai.codecs.label:LabelCodec",
        "number": "lepton_ai.codecs.number:NumberCodec",
        "ranking_options": "lepton_ai.codecs.ranking.options:RankingOptionsCodec",
        "text": "lepton_ai.codecs.text:TextCodec",
        "top_items": "lepton_ai.codecs.ranking.top_items:TopItemsCodec",
    },
)

__all__ = ["CODECS", "Codec", "InputCodec", "OutputCodec"]
