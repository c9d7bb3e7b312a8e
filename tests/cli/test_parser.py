from __future__ import annotations

import argparse

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


@pytest.mark.parametrize(
    "words",
    [
        ["--sheet", "a", "--sheet", "b"],
        ["--sheet=a", "--sheet", "b"],
        ["--sheet", "a", "one", "--json", "--sheet=a"],
    ],
)
def test_a_flag_of_one_value_is_given_once(words):
    with pytest.raises(UsageError, match="--sheet more than once"):
        made().read(["model", *words])


def test_a_flag_and_its_contrary_exclude_each_other():
    parser = made()
    parser.add_argument("--fair", action=argparse.BooleanOptionalAction)
    with pytest.raises(UsageError, match="both --fair and --no-fair"):
        parser.read(["model", "--fair", "--no-fair"])


def test_what_may_be_repeated_is():
    parser = made()
    parser.add_argument("--keep", action="append")
    repeated = ["--json", "--keep", "a", "--json", "--keep", "b", "--", "--sheet", "--sheet"]
    args = parser.read(["model", *repeated])
    assert args is not None
    assert args.keep == ["a", "b"]
    assert args.rows == ["--sheet", "--sheet"]
