"""The plain values that pass between rooms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Cell: TypeAlias = Any
"""One value of a user's table: text, number, boolean, date or None."""

Row: TypeAlias = Mapping[str, Cell]
"""One row by column name."""

Columns: TypeAlias = Mapping[str, Sequence[Cell]]
"""A table by column name; all columns have the same length."""

Arrays: TypeAlias = dict[str, NDArray[Any]]
"""Named arrays; the first axis of each is the row."""

FloatArray: TypeAlias = NDArray[np.float32]
"""Scores, logits and weights."""

JSON: TypeAlias = dict[str, Any]
"""A JSON object."""
