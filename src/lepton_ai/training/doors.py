"""Who carries out which kind of plan."""

from __future__ import annotations

from typing import Any

from lepton_ai.core.registry import Registry

DOORS: Registry[Any] = Registry(
    "kind of plan",
    {
        "Plan": "lepton_ai.training.fit:fit",
        "RankingPlan": "lepton_ai.training.ranking.fit:fit_ranking",
        "RatingPlan": "lepton_ai.training.rating.fit:fit_rating",
    },
)
"""Name of a plan's class to the function that takes a plan, its rows and `progress`."""
