"""A file of any size through a model, batch by batch, into a file that appears whole or not at all."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lepton_ai.cli.output import Csv, JsonLines, Writer, check_ending, whole_file
from lepton_ai.core.errors import DataError, InputError, UsageError, did_you_mean
from lepton_ai.core.progress import Progress, Silent
from lepton_ai.core.types import JSON, Cell, Columns

if TYPE_CHECKING:
    import polars as pl

    from lepton_ai.package import Runtime


@dataclass
class Totals:
    """What became of the rows of a file."""

    rows: int = 0
    answered: int = 0
    failed: int = 0
    abstained: int = 0
    seconds: float = 0.0

    def to_json(self) -> JSON:
        """The totals as JSON values."""
        return asdict(self)


def predict_stream(
    runtime: Runtime,
    batches: Iterable[pl.DataFrame],
    *,
    out: Path | None,
    keep: Sequence[str] = (),
    progress: Progress | None = None,
) -> Totals:
    """Answer every row of `batches` in bounded memory.

    A row that the model cannot read becomes {"row": number, "error": reason}; the others go on.

    Args:
        runtime: The model.
        batches: Frames with the model's input columns.
        out: A .jsonl or .csv file, or None for JSON Lines on standard output. The file appears under its
            name when it is complete; until then it is called "<name>.part".
        keep: Columns copied into the answers.
        progress: Told about every batch.

    Raises:
        DataError: A column is not in the file.
        UsageError: `out` has another ending, or an answer has a field called like a column to keep.
    """
    _check_kept(runtime, keep)
    progress = progress or Silent()
    totals = Totals()
    start = time.monotonic()
    progress.stage("Predicting")
    with _writer(runtime, out, keep) as writer:
        for frame in batches:
            _write_batch(runtime, frame, writer, keep, totals)
            progress.advance(frame.height)
    totals.seconds = round(time.monotonic() - start, 3)
    return totals


def _check_kept(runtime: Runtime, keep: Sequence[str]) -> None:
    """Refuse to keep a column that a field of the answer would write over."""
    taken = {"row", "error", *runtime.package.manifest.signature["output"]["properties"]}
    for name in keep:
        if name in taken:
            raise UsageError(
                f"The column {name!r} cannot be kept: the answers have a field of that name.",
                hint="Give the column another name in the file, or join the answers to it by 'row'.",
            )


def _write_batch(
    runtime: Runtime, frame: pl.DataFrame, writer: Writer, keep: Sequence[str], totals: Totals
) -> None:
    columns = model_columns(runtime, frame)
    kept = {name: _column(frame, name) for name in keep}
    for position, answer in enumerate(answer_rows(runtime, columns)):
        totals.rows += 1
        row: JSON = {"row": totals.rows, **{name: cells[position] for name, cells in kept.items()}}
        if isinstance(answer, str):
            totals.failed += 1
            writer.write({**row, "error": answer})
        else:
            totals.answered += 1
            totals.abstained += bool(answer.get("abstained"))
            writer.write({**row, **answer})


def model_columns(runtime: Runtime, frame: pl.DataFrame) -> Columns:
    """The input columns of the model; numbers become text where the model reads nothing but text.

    A column that the model can do without may be missing, unless all are.
    """
    schema = runtime.package.manifest.signature["input"]
    properties, required = schema["properties"], schema.get("required", ())
    columns: dict[str, Sequence[Cell]] = {}
    for record in runtime.package.manifest.inputs:
        name = record.column
        if name in required or name in frame.columns:
            cells = _column(frame, name)
            columns[name] = _as_text(cells) if _is_text(properties[name]) else cells
    if not columns:
        _column(frame, runtime.package.manifest.inputs[0].column)
    return columns


def _is_text(schema: JSON) -> bool:
    kinds = schema.get("type", ())
    return "string" in kinds and set([kinds] if isinstance(kinds, str) else kinds) <= {"string", "null"}


def _as_text(cells: Sequence[Cell]) -> list[Cell]:
    return [cell if cell is None or isinstance(cell, str) else str(cell) for cell in cells]


def _column(frame: pl.DataFrame, name: str) -> list[Any]:
    if name not in frame.columns:
        raise DataError(f"The file has no column {name!r}.", hint=did_you_mean(name, frame.columns))
    return frame.get_column(name).to_list()


def answer_rows(runtime: Runtime, columns: Columns) -> list[JSON | str]:
    """An answer for every row, or the reason why there is none."""
    try:
        return list(runtime.predict(columns))
    except InputError:
        # Some row does not fit. Only then is each looked at alone.
        return _answer_one_by_one(runtime, columns)


def _answer_one_by_one(runtime: Runtime, columns: Columns) -> list[JSON | str]:
    count = len(next(iter(columns.values())))
    reasons: list[str | None] = []
    for row in range(count):
        try:
            runtime.check({name: [cells[row]] for name, cells in columns.items()})
            reasons.append(None)
        except InputError as error:
            reasons.append(error.message.removeprefix("rows[0]."))
    good = [row for row, reason in enumerate(reasons) if reason is None]
    answers = iter(
        runtime.predict({name: [cells[row] for row in good] for name, cells in columns.items()})
        if good
        else ()
    )
    return [next(answers) if reason is None else reason for reason in reasons]


@contextlib.contextmanager
def _writer(runtime: Runtime, out: Path | None, keep: Sequence[str]) -> Iterator[Writer]:
    if out is None:
        yield JsonLines(sys.stdout)
        return
    check_ending(out, (".jsonl", ".csv"))
    with whole_file(out) as file:
        yield Csv(file, fields=_fields(runtime, keep)) if out.suffix == ".csv" else JsonLines(file)


def _fields(runtime: Runtime, keep: Sequence[str]) -> list[str]:
    answer = runtime.package.manifest.signature["output"]["properties"]
    plain = [name for name, schema in answer.items() if schema.get("type") not in {"object", "array"}]
    return ["row", *keep, *plain, "error"]
