"""Where a model comes from, so that it can be made again."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import metadata
from typing import Any

import msgspec

from lepton_ai.core.plan import Plan
from lepton_ai.core.ranking_plan import RankingPlan
from lepton_ai.core.rating_plan import RatingPlan
from lepton_ai.core.types import JSON
from lepton_ai.version import __version__

_LIBRARIES = ("torch", "numpy", "onnxruntime", "polars")


def lineage(
    plan: Plan | RankingPlan | RatingPlan,
    *,
    dataset: str,
    source: str,
    rows: int,
    settings: Mapping[str, Any],
) -> JSON:
    """What is written into a package about its making.

    Args:
        plan: What was carried out.
        dataset: Fingerprint of the data.
        source: Name of the file or kind of the data; never a whole path, which may tell of a person.
        rows: Rows that were trained on.
        settings: The settings of the estimator that made the plan, as JSON values.
    """
    return {
        "dataset": dataset,
        "source": source,
        "rows": rows,
        "plan_hash": plan.fingerprint(),
        "plan": msgspec.to_builtins(plan),
        "settings": dict(settings),
        "seed": plan.seed,
        "lepton_ai": __version__,
        "libraries": {name: metadata.version(name) for name in _LIBRARIES},
    }
