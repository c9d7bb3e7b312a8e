from __future__ import annotations

import sys

import pytest

from lepton_ai.core.errors import NotFoundError
from lepton_ai.core.registry import Registry


@pytest.fixture
def table():
    return Registry("function", {"root": "math:sqrt", "broken": "math:no_such", "absent": "no_such_module:x"})


def test_an_entry_is_what_its_line_names(table):
    assert table["root"](9.0) == 3.0


def test_it_reads_as_a_mapping(table):
    assert list(table) == ["root", "broken", "absent"]
    assert len(table) == 3
    assert "root" in table
    assert "sqrt" not in table
    assert 3 not in table


def test_an_unknown_name_is_told_with_the_nearest(table):
    with pytest.raises(NotFoundError, match=r"no function named 'rot'\. Did you mean 'root'\?"):
        table["rot"]


def test_a_broken_line_says_so_at_its_use_only(table):
    with pytest.raises(AttributeError, match="no_such"):
        table["broken"]
    with pytest.raises(ModuleNotFoundError, match="no_such_module"):
        table["absent"]


def test_nothing_is_imported_before_its_use():
    entries = Registry("poem", {"zen": "colorsys:rgb_to_hsv"})
    sys.modules.pop("colorsys", None)
    assert "zen" in entries
    assert "colorsys" not in sys.modules
    assert entries["zen"] is not None
    assert "colorsys" in sys.modules
