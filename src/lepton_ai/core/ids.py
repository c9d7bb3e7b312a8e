"""Identifiers as text: the number 42 of one file and the text "42" of another are one user.

Every place that takes an identifier (tables, requests, side files) turns it into text here, and so they
meet whatever they were written as.
"""

from __future__ import annotations

import math
from decimal import Decimal
from numbers import Integral, Real
from typing import Any
from uuid import UUID

import numpy as np

BLANKS = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009"
    "\u200a\u2028\u2029\u202f\u205f\u3000"
)
"""What is stripped from both ends of an identifier: the characters that `str.isspace` calls spaces."""


def as_id(value: Any) -> str | None:
    """An identifier as text.

    Text loses the blanks at its ends and is otherwise kept: "007" is not "7". A whole number becomes its
    digits, whether it is an integer or a decimal: 42 and 42.0 are "42".

    Returns:
        None for what identifies nothing: None, NaN, an infinite number, blank text, and values of other
        kinds, booleans among them.

    Example:
        >>> as_id(" u7 "), as_id(42), as_id(42.0), as_id("  "), as_id(True)
        ('u7', '42', '42', None, None)
    """
    if isinstance(value, str):
        return str(value).strip(BLANKS) or None
    if isinstance(value, bool | np.bool_):
        return None
    if isinstance(value, Integral):
        return str(int(value))
    if isinstance(value, Real):
        return _of_real(float(value)) if math.isfinite(value) else None
    if isinstance(value, Decimal):
        return _of_real(value) if value.is_finite() else None
    return str(value) if isinstance(value, UUID) else None


def _of_real(value: float | Decimal) -> str:
    return str(int(value)) if value == int(value) else repr(float(value))
