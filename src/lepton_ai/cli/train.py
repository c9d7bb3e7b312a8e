"""`lepton train`: from a data file to a stored model, with everything it decided explained on the way."""

from __future__ import annotations

import contextlib
import re
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lepton_ai.cli.console import Console
from lepton_ai.cli.flags import add_settings, given_settings
from lepton_ai.cli.locate import check_folder_of, store
from lepton_ai.cli.parser import Namespace, Parser, add_source_flags, source_settings
from lepton_ai.core.errors import DataError, UsageError
from lepton_ai.core.files import write_atomic
from lepton_ai.core.settings import home
from lepton_ai.core.types import JSON
from lepton_ai.package.manifest import check_name
from lepton_ai.store import ModelVersion, RunStore
from lepton_ai.tasks import TASKS

if TYPE_CHECKING:
    from lepton_ai.data import Table
    from lepton_ai.tasks.base import Prepared

_OURS = ("name", "progress")
"""Settings of an estimator that the command fills in itself."""


def parser(argv: Sequence[str]) -> Parser:
    """The arguments of the verb; the task, which comes first, brings its own."""
    task = argv[0] if argv and not argv[0].startswith("-") else None
    made = Parser(
        f"train {task}" if task else "train",
        description="Train a model on a data file and store it. Flags of a task: lepton train TASK --help\n"
        f"Tasks: {', '.join(TASKS)}",
    )
    made.add_argument("task", metavar="TASK", help=f"what to learn: {', '.join(TASKS)}")
    made.add_argument("file", metavar="FILE", help="a data file or database url")
    made.add_argument("--name", metavar="NAME", help="the model's name in the store (default: from FILE)")
    made.add_argument(
        "--out", type=Path, metavar="PATH", help="write the package to this folder or .zip and store nothing"
    )
    made.add_argument(
        "--validation",
        metavar="FILE",
        help="rows to choose, calibrate and report on (default: rows of FILE, held out in turn)",
    )
    made.add_argument("--report", type=Path, metavar="PATH", help="write the held-out report as an HTML page")
    made.add_argument(
        "--strict", action="store_true", help="train only when the data have no finding of severity error"
    )
    add_source_flags(made)
    if task is not None:
        add_settings(made, TASKS[task], skip=_OURS)
    return made


def run(args: Namespace, console: Console) -> int:
    """Read, look, train, report, store."""
    start = time.monotonic()
    if args.out is not None and args.out.exists():
        raise UsageError(
            f"{args.out} exists already.", hint="Choose another place for the package, or remove it."
        )
    check_folder_of(args.report)
    runs = RunStore(home() / "runs")
    _clear_abandoned(runs, console)
    task: Any = TASKS[args.task]
    settings = given_settings(args, task, skip=_OURS)
    name = check_name(args.name or _name_from(args.file, default=args.task))
    with runs.begin(name) as run_at_work, _temporary_files_in(run_at_work.folder):
        table = _read(args.file, console, **source_settings(args))
        validation = None if args.validation is None else _read(args.validation, console)
        with console.progress() as progress:
            estimator = task(**settings, name=name, progress=progress)
            prepared = estimator.prepare(table, validation)
        _look(prepared, console, strict=args.strict)
        with console.progress() as progress:
            estimator.progress = progress
            estimator.fit_prepared(prepared)
        place = _keep(estimator, run_at_work.folder, name, args.out)
        console.heading("Held-out report")
        console.say(estimator.report_.to_text())
        if args.report is not None:
            write_atomic(args.report, estimator.report_.to_html())
    seconds = time.monotonic() - start
    _close(place, estimator, args, seconds, console)
    console.result(_facts(estimator, table, place, seconds))
    return 0


@contextlib.contextmanager
def _temporary_files_in(folder: Path) -> Iterator[None]:
    """Keep temporary files in the run's own folder, so that they go with it when the process is killed."""
    before, tempfile.tempdir = tempfile.tempdir, str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before


def _clear_abandoned(runs: RunStore, console: Console) -> None:
    store().clean()
    for run in runs.abandoned():
        runs.discard(run)
        console.note(
            f"Run {run.record.id} of model {run.record.name!r}, started at {run.record.started}, was "
            "interrupted; nothing was published; its files were removed."
        )


def _name_from(file: str, *, default: str) -> str:
    """A model name from a file's name; the task's when nothing of it can be used."""
    stem = "" if "://" in file else Path(file).name.split(".")[0]
    return re.sub(r"[^A-Za-z0-9._-]+", "-", stem).strip("-._")[:100] or default


def _read(
    file: str,
    console: Console,
    *,
    query: str | None = None,
    sheet: str | None = None,
    encoding: str | None = None,
) -> Table:
    from lepton_ai.data import read_table  # needs the libraries of the training side

    table = read_table(file, query=query, sheet=sheet, encoding=encoding)
    console.heading(f"Data: {file}")
    for line in table.origin.notes:
        console.say(line)
    return table


def _look(prepared: Prepared, console: Console, *, strict: bool) -> None:
    """Tell what the columns are taken for, what is wrong with the rows, and what comes of both."""
    for line in prepared.schema.explain():
        console.say(line)
    console.heading("Findings")
    console.say(prepared.quality.to_text())
    if strict and prepared.quality.errors:
        raise DataError(
            f"The data have {len(prepared.quality.errors)} finding(s) of severity error, "
            "and --strict was given.",
            hint="Repair the rows that are listed above, or train without --strict.",
        )
    console.heading("How it is trained")
    for line in prepared.plan.explanation:
        console.say(line)


def _keep(estimator: Any, workspace: Path, name: str, out: Path | None) -> ModelVersion | Path:
    """Publish the model, or write it to `out`: whole or not at all, either way."""
    package: Path = estimator.save(out if out is not None else workspace / "package")
    return package if out is not None else store().publish(package, name)


def _close(
    place: ModelVersion | Path, estimator: Any, args: Namespace, seconds: float, console: Console
) -> None:
    name = estimator.name
    reference = str(place) if isinstance(place, Path) else name
    where = (
        f"Written to {place}"
        if isinstance(place, Path)
        else f"Stored as {name}@{place.version} in {place.path}"
    )
    console.heading("Done")
    console.say(f"{where} after {seconds:.0f} s.")
    if args.report is not None:
        console.say(f"Report: {args.report}")
    console.say("Next:  " + "\n       ".join(estimator.commands(reference)))


def _facts(estimator: Any, table: Table, place: ModelVersion | Path, seconds: float) -> JSON:
    stored = None if isinstance(place, Path) else {"name": place.name, "version": place.version}
    return {
        "stored": stored,
        "path": str(place if isinstance(place, Path) else place.path),
        "seconds": round(seconds, 3),
        "origin": list(table.origin.notes),
        "fingerprint": table.fingerprint,
        "schema": estimator.schema_.to_json(),
        "quality": estimator.quality_.to_json(),
        "explanation": list(estimator.explanation_),
        "report": estimator.report_.to_json(),
    }
