"""`lepton data`: what is in a file, before time is spent on it."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING

from lepton_ai.cli.console import Console
from lepton_ai.cli.parser import Namespace, Parser, add_source_flags, source_settings
from lepton_ai.core.errors import DataError

if TYPE_CHECKING:
    from lepton_ai.core.progress import Progress
    from lepton_ai.data import QualityReport, Schema, Stream

_BATCH_ROWS = 50_000


def parser(argv: Sequence[str]) -> Parser:
    """The arguments of the verb."""
    made = Parser(
        "data",
        description="Look into a data file: how it was read, what its columns are taken for, and what is\n"
        "wrong with its rows. Files of any size are streamed.",
    )
    made.add_argument("action", choices=["inspect"], help="what to do")
    made.add_argument("file", metavar="FILE", help="a data file or database url")
    made.add_argument("--text", action="append", metavar="COLUMN", help="the text; may be given again")
    for role in ("label", "group", "time"):
        made.add_argument(f"--{role}", metavar="COLUMN", help=f"the column with that role: {role}")
    made.add_argument("--strict", action="store_true", help="exit with 3 on a finding of severity error")
    add_source_flags(made)
    return made


def run(args: Namespace, console: Console) -> int:
    """Inspect the file."""
    from lepton_ai.data import stream_table  # needs the libraries of the training side

    stream = stream_table(args.file, batch_rows=_BATCH_ROWS, **source_settings(args))
    roles = {"text": args.text, "label": args.label, "group": args.group, "time": args.time}
    with console.progress() as progress:
        schema, report = _inspect(stream, roles, progress)
    console.heading(f"Data: {args.file}")
    for line in [*stream.origin.notes, *schema.explain()]:
        console.say(line)
    console.heading("Findings")
    console.say(report.to_text())
    if "similar" not in report.checks and report.rows > _BATCH_ROWS:
        console.say(
            f"Near-duplicates are looked for here in at most {_BATCH_ROWS:,} rows; training looks in all."
        )
    console.result(
        {"origin": list(stream.origin.notes), "schema": schema.to_json(), "quality": report.to_json()}
    )
    return DataError.exit_code if args.strict and report.errors else 0


def _inspect(
    stream: Stream, roles: dict[str, str | list[str] | None], progress: Progress
) -> tuple[Schema, QualityReport]:
    """Schema by the first batch, findings by all. Texts are kept for a table of one batch only."""
    from lepton_ai.data import StreamingQuality, infer_schema

    batches = iter(stream)
    first = next(batches)
    second = next(batches, None)
    schema = infer_schema(first, **roles)  # type: ignore[arg-type]
    checker = StreamingQuality(schema, whole_table=second is None)
    progress.stage("Reading")
    for frame in itertools.chain([first], [] if second is None else [second], batches):
        checker.add(frame)
        progress.advance(frame.height)
    return schema, checker.report(progress=progress)
