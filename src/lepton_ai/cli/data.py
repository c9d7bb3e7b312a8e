"""`lepton data`: what is in a file, before time is spent on it."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from lepton_ai.cli.console import Console
from lepton_ai.cli.parser import Namespace, Parser, add_source_flags, source_settings
from lepton_ai.core.errors import DataError, UsageError

if TYPE_CHECKING:
    import polars as pl

    from lepton_ai.core.progress import Progress
    from lepton_ai.data import QualityReport, Schema, Stream

_BATCH_ROWS = 50_000
_EVENT_ROLES = ("user", "item", "rating")
_ROW_ROLES = ("text", "label", "group")


def parser(argv: Sequence[str]) -> Parser:
    """The arguments of the verb."""
    made = Parser(
        "data",
        description="Look into a data file: how it was read, what its columns are taken for, and what is\n"
        "wrong with its rows. Files of any size are streamed. A file whose columns name users and items,\n"
        "and which holds no free text, is taken for events of a recommender.",
    )
    made.add_argument("action", choices=["inspect"], help="what to do")
    made.add_argument("file", metavar="FILE", help="a data file or database url")
    made.add_argument("--text", action="append", metavar="COLUMN", help="the text; may be given again")
    for role in ("label", "group", "time"):
        made.add_argument(f"--{role}", metavar="COLUMN", help=f"the column with that role: {role}")
    for role in _EVENT_ROLES:
        made.add_argument(f"--{role}", metavar="COLUMN", help=f"of events: the column with that role: {role}")
    made.add_argument("--strict", action="store_true", help="exit with 3 on a finding of severity error")
    add_source_flags(made)
    return made


def run(args: Namespace, console: Console) -> int:
    """Inspect the file."""
    from lepton_ai.data import stream_table  # needs the libraries of the training side

    roles = _roles(args)
    stream = stream_table(args.file, batch_rows=_BATCH_ROWS, **source_settings(args))
    with console.progress() as progress:
        schema, report = _inspect(stream, roles, progress)
    console.heading(f"Data: {args.file}")
    for line in [*stream.origin.notes, *schema.explain()]:
        console.say(line)
    console.heading("Findings")
    console.say(report.to_text())
    if schema.with_role("text") and "similar" not in report.checks and report.rows > _BATCH_ROWS:
        console.say(
            f"Near-duplicates are looked for here in at most {_BATCH_ROWS:,} rows; training looks in all."
        )
    console.result(
        {"origin": list(stream.origin.notes), "schema": schema.to_json(), "quality": report.to_json()}
    )
    return DataError.exit_code if args.strict and report.errors else 0


def _roles(args: Namespace) -> dict[str, Any]:
    """The columns that were named, by role."""
    named = {role: getattr(args, role) for role in (*_ROW_ROLES, *_EVENT_ROLES, "time")}
    roles = {role: name for role, name in named.items() if name is not None}
    clash = [[role for role in kind if role in roles] for kind in (_ROW_ROLES, _EVENT_ROLES)]
    if all(clash):
        raise UsageError(
            f"--{clash[0][0]} is of rows to classify and --{clash[1][0]} is of events to recommend by.",
            hint="Name the columns of one of the two.",
        )
    return roles


def _schema(frame: pl.DataFrame, roles: dict[str, Any]) -> Schema:
    """As events when such a role was named, or when the columns look so and no other role was named."""
    from lepton_ai.data import infer_interactions, infer_schema
    from lepton_ai.data.interaction_schema import is_interactions

    if not roles.keys() & set(_ROW_ROLES):
        events = infer_interactions(frame, **roles)
        if roles.keys() & set(_EVENT_ROLES):
            for role in ("user", "item"):
                events.role(role)
            return events
        if is_interactions(events):
            return events
    return infer_schema(frame, **roles)


def _inspect(stream: Stream, roles: dict[str, Any], progress: Progress) -> tuple[Schema, QualityReport]:
    """Schema by the first batch, findings by all. Texts are kept for a table of one batch only."""
    from lepton_ai.data import StreamingQuality

    batches = iter(stream)
    first = next(batches)
    second = next(batches, None)
    schema = _schema(first, roles)
    checker = StreamingQuality(schema, whole_table=second is None)
    progress.stage("Reading")
    for frame in itertools.chain([first], [] if second is None else [second], batches):
        checker.add(frame)
        progress.advance(frame.height)
    return schema, checker.report(progress=progress)
