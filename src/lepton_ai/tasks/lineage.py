"""Where a model comes from, so that it can be made again."""

from __future__ import annotations

from importlib import metadata

import msgspec

from lepton_ai.core.plan import Plan
from lepton_ai.core.types import JSON
from lepton_ai.version import __version__

_LIBRARIES = ("torch", "numpy", "onnxruntime", "polars")


def lineage(plan: Plan, *, dataset: str, source: str, rows: int) -> JSON:
    """What is written into a package about its making.

    Args:
        plan: What was carried out.
        dataset: Fingerprint of the data.
        source: Name of the file or kind of the data; never a whole path, which may tell of a person.
        rows: Rows that were trained on.
    """
    return {
        "dataset": dataset,
        "source": source,
        "rows": rows,
        "plan_hash": plan.fingerprint(),
        "plan": msgspec.to_builtins(plan),
        "seed": plan.seed,
        "lepton_ai": __version__,
        "libraries": {name: metadata.version(name) for name in _LIBRARIES},
    }
