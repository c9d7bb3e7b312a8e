"""Whole columns of identifiers become the text that one identifier becomes."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_ai.core.errors import DataError
from lepton_ai.core.ids import as_id
from lepton_ai.data.identifiers import canonical_ids


@settings(deadline=None, max_examples=150)
@given(
    st.lists(st.none() | st.text(st.characters(exclude_categories=["Cs"])), max_size=12)
    | st.lists(st.none() | st.integers(-(2**63), 2**63 - 1), max_size=12)
    | st.lists(st.none() | st.floats() | st.integers(-5, 5).map(float), max_size=12)
)
def test_a_column_is_its_cells(cells):
    kind = next((type(cell) for cell in cells if cell is not None), str)
    dtype = {str: pl.String, int: pl.Int64, float: pl.Float64}[kind]
    found, changed = canonical_ids(pl.Series("id", cells, dtype=dtype))
    if changed is None:
        assert found.to_list() == [as_id(cell) for cell in cells]


def test_whole_numbers_written_with_a_point_meet_their_digits():
    found, changed = canonical_ids(pl.Series("id", ["42.0", None, " 7.0 ", "0.0"]))
    assert found.to_list() == ["42", None, "7", "0"]
    assert "'id'" in changed


@pytest.mark.parametrize("cells", [["42.0", "7"], ["42.0", "1.5"], ["042.0"]])
def test_other_text_is_kept(cells):
    assert canonical_ids(pl.Series("id", cells))[0].to_list() == cells


@pytest.mark.parametrize("cells", [[True, False], [dt.date(2020, 1, 1)], [dt.datetime(2020, 1, 1)]])
def test_what_names_nothing_is_refused(cells):
    with pytest.raises(DataError, match="'id' holds"):
        canonical_ids(pl.Series("id", cells))
