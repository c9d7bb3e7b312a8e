"""Lepton AI: from a team's own data file to a trained model, and from the model to an HTTP service.

Public names are imported at their first use, so that `import lepton_ai` stays quick and a serving host
never loads what only training needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lepton_ai.core.registry import Registry
from lepton_ai.version import __version__

if TYPE_CHECKING:
    from lepton_ai.core.errors import LeptonError
    from lepton_ai.package.runtime import Runtime
    from lepton_ai.serving.client import Client
    from lepton_ai.tasks.recommendation import DNNRecommender
    from lepton_ai.tasks.text_classification import TextClassifier

_PUBLIC: Registry[Any] = Registry(
    "public name",
    {
        "Client": "lepton_ai.serving.client:Client",
        "DNNRecommender": "lepton_ai.tasks.recommendation:DNNRecommender",
        "LeptonError": "lepton_ai.core.errors:LeptonError",
        "Runtime": "lepton_ai.package.runtime:Runtime",
        "TextClassifier": "lepton_ai.tasks.text_classification:TextClassifier",
    },
)

__all__ = ["Client", "DNNRecommender", "LeptonError", "Runtime", "TextClassifier", "__version__"]


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return _PUBLIC[name]


def __dir__() -> list[str]:
    return sorted(__all__)
