"""Reference statistics of a table, small and as JSON: what later rows are compared with for drift."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from lepton_ai.core.types import JSON
from lepton_ai.data.typed import as_booleans, as_numbers, as_text, as_times

if TYPE_CHECKING:
    from lepton_ai.data.schema import Column, Schema

VERSION = 1
"""Version of the layout; `profile_table` writes it, readers check it."""

TOP = 50
"""Most frequent values kept of a category."""

_QUANTILES = (0.0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1.0)
_LENGTH_EDGES = [0, *(2**power for power in range(17))]
_VALUE_CHARACTERS = 100
_CLASSES = {"han": r"\p{Han}", "latin": r"\p{Latin}", "digit": r"\p{Nd}"}


def profile_table(frame: pl.DataFrame, schema: Schema) -> JSON:
    """Reference statistics of every column that has a role.

    Returns:
        {"version", "rows", "columns": {name: {"type", "role", "missing", ...}}, "labels": {label: count}}.
        Counts are of rows; text lengths are in characters; the histogram of lengths has the edges 0, 1, 2,
        4, 8, ... and so can be added to another's.
    """
    used = [column for column in schema.columns if column.role != "ignore"]
    columns = {column.name: _column(frame[column.name], column) for column in used}
    labels = schema.with_role("label")
    return {
        "version": VERSION,
        "rows": frame.height,
        "columns": columns,
        "labels": _frequencies(frame[labels[0].name])["values"] if labels else {},
    }


def _column(series: pl.Series, column: Column) -> JSON:
    head: JSON = {
        "type": column.type,
        "role": column.role,
        "missing": series.null_count(),
        "missing_share": series.null_count() / max(series.len(), 1),
    }
    if column.type == "text":
        return head | _text(as_text(series))
    if column.type == "number":
        return head | _numbers(as_numbers(series))
    if column.type == "boolean":
        known = as_booleans(series).drop_nulls()
        return head | {"true": int(known.sum()), "false": known.len() - int(known.sum())}
    if column.type == "datetime":
        times = as_times(series).drop_nulls()
        return head | ({"first": str(times.min()), "last": str(times.max())} if times.len() else {})
    if column.type == "identifier":
        return head | {"distinct": series.n_unique()}
    return head | _frequencies(series)


def _text(series: pl.Series) -> JSON:
    filled = series.drop_nulls()
    lengths = filled.str.len_chars().to_numpy().astype(np.int64)
    counts = np.histogram(lengths, bins=[*_LENGTH_EDGES, np.iinfo(np.int64).max])[0]
    return {
        "blank": int((filled.str.strip_chars() == "").sum()),
        "length_quantiles": _quantiles(lengths.astype(np.float64)),
        "length_histogram": {"edges": _LENGTH_EDGES, "counts": counts.tolist()},
        "characters": _character_shares(filled, int(lengths.sum())),
    }


def _character_shares(texts: pl.Series, total: int) -> JSON:
    shares: JSON = {
        name: int(texts.str.count_matches(pattern).sum() or 0) / max(total, 1)
        for name, pattern in _CLASSES.items()
    }
    shares["other"] = max(0.0, 1.0 - sum(shares.values())) if total else 0.0
    return shares


def _numbers(series: pl.Series) -> JSON:
    values = series.drop_nulls().to_numpy()
    values = values[np.isfinite(values)]
    if not len(values):
        return {"unreadable": series.null_count()}
    return {
        "unreadable": series.null_count(),
        "mean": float(values.mean()),
        "deviation": float(values.std()),
        "quantiles": _quantiles(values),
    }


def _quantiles(values: Any) -> JSON:
    if not len(values):
        return {}
    found = np.quantile(values, _QUANTILES)
    return {str(share): float(value) for share, value in zip(_QUANTILES, found, strict=True)}


def _frequencies(series: pl.Series) -> JSON:
    counts = as_text(series).drop_nulls().value_counts(name="count")
    counts = counts.sort("count", counts.columns[0], descending=[True, False])
    top = {str(value)[:_VALUE_CHARACTERS]: int(count) for value, count in counts.head(TOP).iter_rows()}
    rest = int(counts["count"].sum()) - sum(top.values())
    return {"distinct": counts.height, "values": top, "others": rest}
