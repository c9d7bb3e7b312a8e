"""Columns to arrays and back: numpy only, and the same code in training and in serving.

`CODECS` is the table of everything this room offers; a package's manifest names entries of it.
"""

from lepton_ai.codecs.base import Codec, InputCodec, OutputCodec
from lepton_ai.core.registry import Registry

CODECS: Registry[type[Codec]] = Registry(
    "codec",
    {
        "label": "lepton_ai.codecs.label:LabelCodec",
        "text": "lepton_ai.codecs.text:TextCodec",
    },
)

__all__ = ["CODECS", "Codec", "InputCodec", "OutputCodec"]
