"""Where a table came from, and what was detected while reading it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where a table came from.

    Attributes:
        location: A path, a SQL url without its password, or "memory".
        format: Name in the table of sources: "csv", "parquet", "sql", ...
        compression: "gz", "zip", or "" for none.
        encoding: Python's name of the text encoding; "" for a binary format.
        delimiter: The character between cells; "" where there is none.
        notes: What was detected or put right, in whole sentences.
    """

    location: str
    format: str
    compression: str = ""
    encoding: str = ""
    delimiter: str = ""
    notes: tuple[str, ...] = ()
