"""Rows in: readers, schema, quality, splits and the reference profile.

Everything here is imported at its first use, because polars and the format libraries are not installed
on a serving host, which imports this room all the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lepton_ai.core.registry import Registry

if TYPE_CHECKING:
    from lepton_ai.data.origin import Origin
    from lepton_ai.data.profile import profile_table
    from lepton_ai.data.quality import Finding, QualityReport, StreamingQuality, check_quality
    from lepton_ai.data.schema import Column, Schema
    from lepton_ai.data.schema_inference import infer_schema
    from lepton_ai.data.split import Split, split_rows
    from lepton_ai.data.table import Stream, Table, read_table, stream_table

_PUBLIC: Registry[Any] = Registry(
    "public name",
    {
        "Column": "lepton_ai.data.schema:Column",
        "Finding": "lepton_ai.data.quality:Finding",
        "Origin": "lepton_ai.data.origin:Origin",
        "QualityReport": "lepton_ai.data.quality:QualityReport",
        "Schema": "lepton_ai.data.schema:Schema",
        "Split": "lepton_ai.data.split:Split",
        "Stream": "lepton_ai.data.table:Stream",
        "StreamingQuality": "lepton_ai.data.quality:StreamingQuality",
        "Table": "lepton_ai.data.table:Table",
        "check_quality": "lepton_ai.data.quality:check_quality",
        "infer_schema": "lepton_ai.data.schema_inference:infer_schema",
        "profile_table": "lepton_ai.data.profile:profile_table",
        "read_table": "lepton_ai.data.table:read_table",
        "split_rows": "lepton_ai.data.split:split_rows",
        "stream_table": "lepton_ai.data.table:stream_table",
    },
)

__all__ = [
    "Column",
    "Finding",
    "Origin",
    "QualityReport",
    "Schema",
    "Split",
    "Stream",
    "StreamingQuality",
    "Table",
    "check_quality",
    "infer_schema",
    "profile_table",
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
