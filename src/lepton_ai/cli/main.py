"""The entry point of `lepton`: finds the verb, imports only that, and turns errors into exit codes."""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from collections.abc import Sequence
from typing import Protocol, cast

from lepton_ai.cli.console import Console
from lepton_ai.cli.parser import Namespace, Parser
from lepton_ai.core.errors import LeptonError, UsageError, did_you_mean
from lepton_ai.version import __version__

VERBS: dict[str, tuple[str, str]] = {
    "train": ("lepton_ai.cli.train", "train a model on a data file and store it"),
    "evaluate": ("lepton_ai.cli.evaluate", "measure a stored model on a data file"),
    "predict": ("lepton_ai.cli.predict", "answer texts, or a whole file"),
    "recommend": ("lepton_ai.cli.recommend", "items for a user or a history, or for everybody"),
    "serve": ("lepton_ai.cli.serve", "answer over HTTP"),
    "models": ("lepton_ai.cli.models", "list the stored models, or show one"),
    "data": ("lepton_ai.cli.data", "look into a data file before training on it"),
    "version": ("lepton_ai.cli.version", "tell the version"),
}
"""Every verb: its module, and the line it has in the help."""

INTERRUPTED = 130
BROKEN_PIPE = 141
UNEXPECTED = 70

_HELP = """usage: lepton VERB ...

From a team's own data file to a trained model, and from the model to an HTTP service.

{verbs}

Help on a verb:  lepton VERB --help
Every verb takes --json (one JSON value on standard output) and --debug (tracebacks).
Models are kept in the folder $LEPTON_HOME (default: ~/.lepton).

Exit codes: 0 done; 1 failed; 2 wrong usage; 3 data do not fit; 4 not found; 5 damaged package;
6 training failed; 7 a library is missing; 8 the address cannot be listened on; 9 a server refused;
70 a defect of lepton; 130 interrupted; 141 the reader of the output went away."""


class Verb(Protocol):
    """What the module of a verb offers."""

    def parser(self, argv: Sequence[str]) -> Parser:
        """The parser of the verb's arguments; `argv` may decide which flags there are."""

    def run(self, args: Namespace, console: Console) -> int:
        """Do the work and return the exit code."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line (default: the process's own) and return its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    console = Console(json="--json" in arguments)
    try:
        code = _dispatch(arguments, console)
        sys.stdout.flush()
    except KeyboardInterrupt:
        console.note("Interrupted.")
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone. Python would complain again when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except Exception as error:
        return _failed(error, console, debug="--debug" in arguments)
    return code


def _dispatch(arguments: list[str], console: Console) -> int:
    if not arguments or arguments[0] in {"-h", "--help", "help"}:
        width = max(map(len, VERBS))
        verbs = "\n".join(f"  {verb:<{width}}  {line}" for verb, (_, line) in VERBS.items())
        print(_HELP.format(verbs=verbs))
        return 0
    if arguments[0] in {"-V", "--version"}:
        print(__version__)
        return 0
    name, rest = arguments[0], arguments[1:]
    if name not in VERBS:
        raise UsageError(
            f"There is no verb {name!r}.", hint=f"{did_you_mean(name, VERBS)} See: lepton --help"
        )
    verb = cast(Verb, importlib.import_module(VERBS[name][0]))
    args = verb.parser(rest).read(rest)
    return 0 if args is None else verb.run(args, console)


def _failed(error: Exception, console: Console, *, debug: bool) -> int:
    if debug:
        traceback.print_exc()
    if isinstance(error, LeptonError):
        console.error(error.code, error.message, error.hint)
        return error.exit_code
    if isinstance(error, OSError):
        place = f" ({error.filename})" if error.filename else ""
        console.error("system", f"The system refused: {error.strerror or error}{place}.", None)
        return 1
    hint = None if debug else "This is a defect of lepton. Run the command again with --debug to see where."
    console.error("unexpected", f"{type(error).__name__}: {error}", hint)
    return UNEXPECTED


if __name__ == "__main__":
    sys.exit(main())
