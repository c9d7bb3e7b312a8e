from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_ai.codecs.ranking import Options, RankingOptionsCodec
from lepton_ai.codecs.ranking.options import option_schemas
from lepton_ai.package.signature import compile_cell


@pytest.mark.parametrize("cell", [None, {}, {"k": None, "deny": None}])
def test_defaults(cell):
    options = Options.of(cell)
    assert options == Options()
    assert (options.k, options.exclude_seen, options.in_stock) == (10, True, True)


@pytest.mark.parametrize("repeats", [False, True])
def test_what_is_seen_is_left_out_by_default_unless_items_come_again(repeats):
    for cell in (None, {"k": 3}, {"exclude_seen": None}):
        assert Options.of(cell, repeats=repeats).exclude_seen is not repeats
    for asked in (False, True):
        assert Options.of({"exclude_seen": asked}, repeats=repeats).exclude_seen is asked


def test_every_option_has_a_schema_and_is_read():
    given = {
        "k": 3.0, "exclude_seen": False, "diversity": 1, "allow": [1], "deny": ["a"], "categories": [],
        "exclude_categories": ["x"], "max_per_category": 2, "recency": 0.5, "in_stock": False,
    }  # fmt: skip
    assert given.keys() == option_schemas().keys() == Options.__dataclass_fields__.keys()
    assert compile_cell(RankingOptionsCodec().cell_schema())(given) is None
    options = Options.of(given)
    assert options.k == 3
    assert isinstance(options.k, int)
    assert options.categories == ()
    assert options.allow == (1,)


@pytest.mark.parametrize(
    "wrong",
    [
        {"k": 0}, {"k": 1001}, {"k": 1.5}, {"k": True}, {"diversity": 1.1}, {"recency": -0.1},
        {"deny": "a"}, {"allow": [None]}, {"categories": [3]}, {"max_per_category": 0}, {"unknown": 1},
        {"in_stock": 1}, {"deny": ["x"] * 10_001}, {"deny": ["x" * 201]}, [], "k",
    ],
)  # fmt: skip
def test_what_is_not_allowed_is_refused(wrong):
    assert compile_cell(RankingOptionsCodec().cell_schema())(wrong) is not None


VALUES = st.none() | st.booleans() | st.integers(-1, 2000) | st.floats() | st.lists(st.text() | st.integers())


@settings(deadline=None, max_examples=300)
@given(st.dictionaries(st.sampled_from([*option_schemas(), "other"]), VALUES))
def test_what_passes_the_schema_can_be_read(cell):
    if compile_cell(RankingOptionsCodec().cell_schema())(cell) is None:
        Options.of(cell)


def test_nothing_reaches_the_graph():
    assert RankingOptionsCodec().encode([None, {"k": 3}]) == {}
    assert RankingOptionsCodec().sizes([None, {}]).tolist() == [0, 0]
