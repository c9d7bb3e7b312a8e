"""One thing has one identifier, whatever it was written as."""

from __future__ import annotations

import sys
import uuid
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_ai.core.ids import BLANKS, as_id


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("u7", "u7"),
        (" u 7\u3000\n", "u 7"),
        ("007", "007"),
        ("42.0", "42.0"),
        ("用户", "用户"),
        (42, "42"),
        (-1, "-1"),
        (2**80, str(2**80)),
        (42.0, "42"),
        (-0.0, "0"),
        (0.5, "0.5"),
        (np.int32(42), "42"),
        (np.float32(42), "42"),
        (np.str_(" a "), "a"),
        (Decimal("42.00"), "42"),
        (Decimal("0.5"), "0.5"),
        (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
    ],
)
def test_identifiers_become_text(value, text):
    found = as_id(value)
    assert found == text
    assert type(found) is str


@pytest.mark.parametrize(
    "value",
    [
        *(None, "", "  ", "\u3000", True, np.True_, float("nan"), float("inf"), np.float64("nan")),
        *(Decimal("NaN"), Decimal("-Infinity"), b"a", ["a"], {}, object(), np.array([1, 2]), 1j),
    ],
)
def test_what_identifies_nothing(value):
    assert as_id(value) is None


def test_blanks_are_what_python_calls_spaces():
    assert set(BLANKS) == {chr(code) for code in range(sys.maxunicode + 1) if chr(code).isspace()}


@settings(deadline=None, max_examples=100)
@given(st.text() | st.integers() | st.floats())
def test_an_identifier_of_an_identifier_is_the_same(value):
    found = as_id(value)
    assert found is None or as_id(found) == found


@settings(deadline=None, max_examples=50)
@given(st.integers(-(2**53), 2**53))
def test_numbers_and_their_digits_meet(value):
    assert as_id(value) == as_id(float(value)) == as_id(np.int64(value)) == as_id(str(value)) == str(value)
