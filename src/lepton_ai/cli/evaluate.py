"""`lepton evaluate`: how good a stored model is on rows with known answers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lepton_ai.cli.console import Console
from lepton_ai.cli.locate import NAME_HELP, check_folder_of, locate
from lepton_ai.cli.parser import Namespace, Parser, add_source_flags, source_settings
from lepton_ai.core.files import write_atomic


def parser(argv: Sequence[str]) -> Parser:
    """The arguments of the verb."""
    made = Parser(
        "evaluate",
        description="Measure a stored model on a data file: scores with confidence intervals, confusion,\n"
        "calibration, worst slices and the most confident mistakes.",
    )
    made.add_argument("name", metavar="NAME", help=NAME_HELP)
    made.add_argument(
        "file", metavar="FILE", help="a data file or database url with inputs and right answers"
    )
    made.add_argument("--html", type=Path, metavar="PATH", help="write the report as one self-contained page")
    add_source_flags(made)
    return made


def run(args: Namespace, console: Console) -> int:
    """Measure, print the report, write the page."""
    from lepton_ai.data import read_table  # needs the libraries of the training side
    from lepton_ai.package import open_package  # quick help
    from lepton_ai.tasks import TASKS  # quick help

    check_folder_of(args.html)
    path = locate(args.name)
    task = TASKS[open_package(path, replay=False).manifest.task]
    table = read_table(args.file, **source_settings(args))
    for line in table.origin.notes:
        console.note(line)
    report = task.load(path).evaluate(table)
    console.say(report.to_text())
    if args.html is not None:
        write_atomic(args.html, report.to_html())
        console.note(f"Report: {args.html}")
    console.result(report.to_json())
    return 0
