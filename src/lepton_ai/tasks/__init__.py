"""Kinds of problems, each with the estimator that a user meets. Importing a task needs no torch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lepton_ai.core.registry import Registry

if TYPE_CHECKING:
    from lepton_ai.tasks.base import Estimator

TASKS: Registry[type[Estimator[Any, Any, Any]]] = Registry(
    "task",
    {
        "recommendation": "lepton_ai.tasks.recommendation:DNNRecommender",
        "text-classification": "lepton_ai.tasks.text_classification:TextClassifier",
    },
)

__all__ = ["TASKS"]
