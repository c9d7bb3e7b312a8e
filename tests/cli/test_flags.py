from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import pytest

from lepton_ai.cli.flags import add_settings, describe_arguments, given_settings
from lepton_ai.cli.parser import Parser
from lepton_ai.core.errors import UsageError


class Thing:
    """A thing.

    Args:
        text: The column, or several,
            on two lines; 50% of them.
        recipe: How.
        seed: Where chance starts.
        holdout: A share.
        strict: Whether.
        callback: No flag can carry it.
    """

    def __init__(
        self,
        *,
        text: str | Sequence[str] | None = None,
        recipe: Literal["fast", "best"] = "fast",
        seed: int = 0,
        holdout: float | None = 0.2,
        strict: bool = False,
        callback: Callable[[], None] | None = None,
    ) -> None:
        self.settings = (text, recipe, seed, holdout, strict, callback)


def read(*argv: str, skip: Sequence[str] = ()) -> dict[str, object]:
    parser = Parser("thing", description="")
    add_settings(parser, Thing, skip=skip)
    args = parser.read(argv)
    assert args is not None
    return given_settings(args, Thing, skip=skip)


def test_what_was_not_given_is_not_passed_on():
    assert read() == {}


def test_every_kind_of_value():
    given = read("--text", "a", "--recipe", "best", "--seed", "7", "--holdout", "0.5", "--strict")
    assert given == {"text": "a", "recipe": "best", "seed": 7, "holdout": 0.5, "strict": True}


def test_a_flag_given_twice_makes_a_list():
    assert read("--text", "a", "--text", "b") == {"text": ["a", "b"]}


def test_a_boolean_can_be_turned_off():
    assert read("--no-strict") == {"strict": False}


@pytest.mark.parametrize("argv", [("--callback", "x"), ("--recipe", "slow"), ("--seed", "x"), ("--sed", "1")])
def test_what_cannot_be_is_refused(argv):
    with pytest.raises(UsageError):
        read(*argv)


def test_a_skipped_setting_has_no_flag():
    with pytest.raises(UsageError):
        read("--seed", "1", skip=["seed"])


def test_the_help_comes_from_the_docstring(capsys):
    parser = Parser("thing", description="")
    add_settings(parser, Thing)
    assert parser.read(["--help"]) is None
    shown = " ".join(capsys.readouterr().out.split())
    assert "The column, or several, on two lines; 50% of them." in shown
    assert "Where chance starts. (default: 0)" in shown


def test_a_docstring_without_arguments_describes_none():
    assert describe_arguments("Just a line.") == {}
