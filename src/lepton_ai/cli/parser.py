"""An argument parser whose errors are ours and which takes flags between positional arguments."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import Any, NoReturn, TypedDict

from lepton_ai.core.errors import UsageError, did_you_mean

Namespace = argparse.Namespace
"""The arguments of a verb by name."""


class Parser(argparse.ArgumentParser):
    """The parser of one verb; `--json` and `--debug` are always there.

    Args:
        verb: The words after "lepton".
        description: What the verb does, in a sentence or two.
        settings: Anything else that `argparse.ArgumentParser` takes.
    """

    def __init__(self, verb: str, *, description: str, **settings: Any) -> None:
        super().__init__(
            prog=f"lepton {verb}",
            description=description,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
            **settings,
        )
        common = self.add_argument_group("output")
        common.add_argument("--json", action="store_true", help="print one JSON value on standard output")
        common.add_argument("--debug", action="store_true", help="show the traceback of an error")

    def read(self, argv: Sequence[str]) -> Namespace | None:
        """The arguments, or None when help was asked for and has been printed.

        Raises:
            UsageError: An argument is missing, unknown, of the wrong kind, or given twice.
        """
        if any(word in {"-h", "--help"} for word in _before_separator(argv)):
            self.print_help(sys.stdout)
            return None
        args, unknown = self.parse_known_intermixed_args(argv)
        if unknown:
            flags = [flag for flag in self._option_string_actions if flag.startswith("--")]
            hint = (
                did_you_mean(unknown[0], flags) if unknown[0].startswith("-") else f"See: {self.prog} --help"
            )
            raise UsageError(f"{self.prog} does not know the argument {unknown[0]!r}.", hint=hint)
        self._refuse_repeats(argv)
        return args

    def _refuse_repeats(self, argv: Sequence[str]) -> None:
        """Refuse a flag that was given twice though one value counts: argparse would keep the last."""
        given: dict[str, str] = {}
        for word in _before_separator(argv):
            flag = word.partition("=")[0]
            action = self._option_string_actions.get(flag)
            if action is None or isinstance(action, argparse._AppendAction):
                continue
            before = given.get(action.dest)
            if before is not None and (action.nargs != 0 or flag != before):
                both = f"both {before} and {flag}" if flag != before else f"{flag} more than once"
                raise UsageError(
                    f"{self.prog} was given {both}; one value counts.", hint="Give the one that is meant."
                )
            given[action.dest] = flag

    def error(self, message: str) -> NoReturn:
        """Raise argparse's complaint as a `UsageError`."""
        raise UsageError(f"{self.prog}: {message}.", hint=f"See: {self.prog} --help")


def _before_separator(argv: Sequence[str]) -> Sequence[str]:
    return argv[: argv.index("--")] if "--" in argv else argv


def add_source_flags(parser: Parser) -> None:
    """The flags that say how a data file is to be read; `source_settings` collects them."""
    group = parser.add_argument_group("reading the file")
    group.add_argument("--query", metavar="SQL", help="the SELECT to run when FILE is a database url")
    group.add_argument("--sheet", metavar="NAME", help="sheet of a workbook, or group of an HDF5 file")
    group.add_argument("--encoding", metavar="NAME", help="the character encoding (default: detected)")


class SourceSettings(TypedDict):
    """How a data file is to be read; the keyword arguments of `read_table` and `stream_table`."""

    query: str | None
    sheet: str | None
    encoding: str | None


def source_settings(args: Namespace) -> SourceSettings:
    """The reader's keyword arguments that `add_source_flags` asked for."""
    return {"query": args.query, "sheet": args.sheet, "encoding": args.encoding}
