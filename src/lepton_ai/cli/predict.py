"""`lepton predict`: answer a few texts on the spot, or stream a file of any size through a model."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from lepton_ai.cli.console import Console
from lepton_ai.cli.locate import NAME_HELP, locate
from lepton_ai.cli.parser import Namespace, Parser, add_source_flags, source_settings
from lepton_ai.core.errors import DataError, UsageError
from lepton_ai.core.types import JSON, Columns
from lepton_ai.package import Runtime, open_package

_EXAMPLES = """examples:
  lepton predict messages "Where is my order?" "我要退款"
  lepton predict messages --file in.csv --out answers.jsonl
  lepton predict messages -- "-5 stars"        (a text that begins with a hyphen)
"""
_SHOWN = 60


def parser(argv: Sequence[str]) -> Parser:
    """The arguments of the verb."""
    made = Parser(
        "predict",
        description="Answer texts, or every row of a file, with a stored model.",
        epilog=_EXAMPLES,
    )
    made.add_argument("name", metavar="NAME", help=NAME_HELP)
    made.add_argument(
        "rows",
        metavar="TEXT",
        nargs="*",
        help="a text, or a row as a JSON object when the model reads several columns",
    )
    file = made.add_argument_group("a whole file")
    file.add_argument(
        "--file", metavar="FILE", help="a data file or database url with the model's input columns"
    )
    file.add_argument(
        "--out",
        type=Path,
        metavar="PATH",
        help="where the answers go: .jsonl or .csv (default: JSON Lines to the screen)",
    )
    file.add_argument(
        "--keep", action="append", default=[], metavar="COLUMN", help="copy a column into the answers"
    )
    file.add_argument("--strict", action="store_true", help="exit with 3 when a row could not be answered")
    made.add_argument(
        "--threads", type=int, default=1, metavar="N", help="threads of the runtime (default: 1)"
    )
    add_source_flags(made)
    return made


def run(args: Namespace, console: Console) -> int:
    """Answer the texts or the file."""
    if bool(args.rows) == bool(args.file):
        raise UsageError("lepton predict needs either texts or --file.", hint="See: lepton predict --help")
    if not args.file and (unused := [flag for flag, value in _of_a_file(args).items() if value]):
        raise UsageError(f"Without --file these mean nothing: {', '.join(unused)}.", hint="Leave them out.")
    if args.file and args.json and not args.out:
        raise UsageError("--json with --file needs --out, where the answers go.")
    runtime = Runtime(open_package(locate(args.name)), threads=args.threads)
    return _answer_file(runtime, args, console) if args.file else _answer_rows(runtime, args.rows, console)


def _of_a_file(args: Namespace) -> dict[str, object]:
    """The flags that say how a file is answered, with what was given for each."""
    read = {f"--{name}": value for name, value in source_settings(args).items()}
    return {"--out": args.out, "--keep": args.keep, "--strict": args.strict, **read}


def _answer_rows(runtime: Runtime, rows: Sequence[str], console: Console) -> int:
    manifest = runtime.package.manifest
    columns = _columns_of(rows, [column.column for column in manifest.inputs])
    answers = runtime.predict(columns)
    for row, answer in zip(rows, answers, strict=True):
        shown = row if len(row) <= _SHOWN else row[: _SHOWN - 1] + "…"
        console.say(f"{shown}\n  {describe(answer)}")
    console.result({"model": manifest.name, "version": manifest.version, "predictions": answers})
    return 0


def _columns_of(rows: Sequence[str], names: Sequence[str]) -> Columns:
    """The command line's rows as columns: a text is the cell of the only column, JSON a whole row."""
    if len(names) == 1:
        return {names[0]: list(rows)}
    cells: list[JSON] = []
    for row in rows:
        try:
            cell = json.loads(row)
        except ValueError:
            cell = None
        if not isinstance(cell, dict):
            example = json.dumps(dict.fromkeys(names, "..."), ensure_ascii=False)
            raise DataError(
                f"The model reads {len(names)} columns, so a row is a JSON object.",
                hint=f"For example: '{example}'",
            )
        cells.append(cell)
    return {name: [cell.get(name) for cell in cells] for name in names}


def describe(answer: JSON) -> str:
    """An answer on one line."""
    if "items" in answer:
        return ", ".join(f"{one['item']} {one['score']:.4f}" for one in answer["items"][:5]) or "nothing"
    if "label" not in answer or "score" not in answer:
        return json.dumps(answer, ensure_ascii=False)
    others = sorted(answer.get("scores", {}).items(), key=lambda item: -item[1])
    rest = ", ".join(f"{label} {score:.3f}" for label, score in others[1:3])
    abstains = "  (unsure: hand it to a person)" if answer.get("abstained") else ""
    return f"{answer['label']} {answer['score']:.3f}{abstains}" + (f"  then {rest}" if rest else "")


def _answer_file(runtime: Runtime, args: Namespace, console: Console) -> int:
    from lepton_ai.cli.batch import predict_stream  # not needed to answer a text
    from lepton_ai.data import stream_table  # reads files; a serving host may not be able to

    if args.out is not None and Path(args.file).exists() and Path(args.file).resolve() == args.out.resolve():
        raise UsageError(
            "--out is the file that is being read.", hint="Choose another place for the answers."
        )
    stream = stream_table(args.file, **source_settings(args))
    for line in stream.origin.notes:
        console.note(line)
    with console.progress() as progress:
        totals = predict_stream(runtime, stream, out=args.out, keep=args.keep, progress=progress)
    place = args.out or "standard output"
    console.note(
        f"{totals.rows:,} rows in {totals.seconds:.1f} s: {totals.answered:,} answered, "
        f"{totals.failed:,} with an error, {totals.abstained:,} unsure. Answers: {place}"
    )
    console.result(totals.to_json())
    return DataError.exit_code if args.strict and totals.failed else 0
