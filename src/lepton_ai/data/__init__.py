"""Rows in: readers, schema, quality, splits and the reference profile.

Everything here is imported at its first use, because polars and the format libraries are not installed
on a serving host, which imports this room all the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lepton_ai.core.registry import Registry

if TYPE_CHECKING:
    from lepton_ai.data.interaction_profile import (
        InteractionFacts,
        describe_interactions,
        profile_interactions,
    )
    from lepton_ai.data.interaction_schema import infer_interactions
    from lepton_ai.data.interaction_split import at_random, by_time, leave_last_out
    from lepton_ai.data.interactions import Interactions, read_interactions
    from lepton_ai.data.origin import Origin
    from lepton_ai.data.profile import profile_table
    from lepton_ai.data.quality import Finding, QualityReport, StreamingQuality, check_quality
    from lepton_ai.data.schema import Column, Schema
    from lepton_ai.data.schema_inference import infer_schema
    from lepton_ai.data.side_table import SideTable, read_side_table
    from lepton_ai.data.split import Split, split_rows
    from lepton_ai.data.table import Stream, Table, read_table, stream_table

_PUBLIC: Registry[Any] = Registry(
    "public name",
    {
        "Column": "lepton_ai.data.schema:Column",
        "Finding": "lepton_ai.data.quality:Finding",
        "InteractionFacts": "lepton_ai.data.interaction_profile:InteractionFacts",
        "Interactions": "lepton_ai.data.interactions:Interactions",
        "Origin": "lepton_ai.data.origin:Origin",
        "QualityReport": "lepton_ai.data.quality:QualityReport",
        "Schema": "lepton_ai.data.schema:Schema",
        "SideTable": "lepton_ai.data.side_table:SideTable",
        "Split": "lepton_ai.data.split:Split",
        "Stream": "lepton_ai.data.table:Stream",
        "StreamingQuality": "lepton_ai.data.quality:StreamingQuality",
        "Table": "lepton_ai.data.table:Table",
        "at_random": "lepton_ai.data.interaction_split:at_random",
        "by_time": "lepton_ai.data.interaction_split:by_time",
        "check_quality": "lepton_ai.data.quality:check_quality",
        "describe_interactions": "lepton_ai.data.interaction_profile:describe_interactions",
        "infer_interactions": "lepton_ai.data.interaction_schema:infer_interactions",
        "infer_schema": "lepton_ai.data.schema_inference:infer_schema",
        "leave_last_out": "lepton_ai.data.interaction_split:leave_last_out",
        "profile_interactions": "lepton_ai.data.interaction_profile:profile_interactions",
        "profile_table": "lepton_ai.data.profile:profile_table",
        "read_interactions": "lepton_ai.data.interactions:read_interactions",
        "read_side_table": "lepton_ai.data.side_table:read_side_table",
        "read_table": "lepton_ai.data.table:read_table",
        "split_rows": "lepton_ai.data.split:split_rows",
        "stream_table": "lepton_ai.data.table:stream_table",
    },
)

__all__ = [
    "Column",
    "Finding",
    "InteractionFacts",
    "Interactions",
    "Origin",
    "QualityReport",
    "Schema",
    "SideTable",
    "Split",
    "Stream",
    "StreamingQuality",
    "Table",
    "at_random",
    "by_time",
    "check_quality",
    "describe_interactions",
    "infer_interactions",
    "infer_schema",
    "leave_last_out",
    "profile_interactions",
    "profile_table",
    "read_interactions",
    "read_side_table",
    "read_table",
    "split_rows",
    "stream_table",
]


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return _PUBLIC[name]


def __dir__() -> list[str]:
    return sorted(__all__)
