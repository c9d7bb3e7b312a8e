"""The JSON form of a report's data."""

from __future__ import annotations

from lepton_ai.core.types import JSON


def plain(value: JSON) -> JSON:
    """`value` with lists for tuples: `dataclasses.asdict` keeps tuples, JSON knows lists."""

    def listed(part: object) -> object:
        if isinstance(part, dict):
            return {key: listed(inner) for key, inner in part.items()}
        return [listed(inner) for inner in part] if isinstance(part, (list, tuple)) else part

    return {key: listed(part) for key, part in value.items()}
