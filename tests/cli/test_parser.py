from __future__ import annotations

import pytest

from lepton_ai.cli.parser import Parser, add_source_flags, source_settings
from lepton_ai.core.errors import UsageError


def made() -> Parser:
    parser = Parser("thing", description="A thing.")
    parser.add_argument("name")
    parser.add_argument("rows", nargs="*")
    add_source_flags(parser)
    return parser


def test_flags_may_stand_between_the_words():
    args = made().read(["model", "--json", "one", "--sheet", "first", "two"])
    assert args is not None
    assert (args.name, args.rows, args.json) == ("model", ["one", "two"], True)
    assert source_settings(args) == {"query": None, "sheet": "first", "encoding": None}


def test_words_after_two_hyphens_are_no_flags():
    args = made().read(["model", "--", "--help", "-5 stars"])
    assert args is not None
    assert args.rows == ["--help", "-5 stars"]


def test_flags_are_not_abbreviated():
    with pytest.raises(UsageError, match="--sheet"):
        made().read(["model", "--shee", "x"])


def test_what_is_missing_is_named():
    with pytest.raises(UsageError, match="name"):
        made().read([])
