"""`example.json`: rows with what the trained network gave for them, the proof that a package still works."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
import numpy as np

from lepton_ai.core.errors import PackageError
from lepton_ai.core.types import JSON, Arrays
from lepton_ai.package.manifest import RESTORE

MOST_ROWS = 32

ANSWER_TOLERANCE = 1e-5
"""Largest difference of a number in an answer: what other processors and libraries round differently."""


class Example(msgspec.Struct, frozen=True):
    """What `example.json` holds.

    Attributes:
        columns: The input columns of the rows, 1 to 32 of them.
        outputs: The trained network's raw outputs for them by name, as nested lists with a row each.
        answers: What the output codec made of those outputs, a row each.
    """

    columns: Annotated[dict[str, list[Any]], msgspec.Meta(min_length=1)]
    outputs: Annotated[dict[str, list[Any]], msgspec.Meta(min_length=1)]
    answers: Annotated[list[JSON], msgspec.Meta(min_length=1, max_length=MOST_ROWS)]


def read_example(raw: bytes) -> Example:
    """The example in the bytes of `example.json`.

    Raises:
        PackageError: It is not one, or its parts have different numbers of rows.
    """
    try:
        example = msgspec.json.decode(raw, type=Example)
    except (ValueError, RecursionError) as error:
        raise PackageError(f"example.json cannot be read: {error}.", hint=RESTORE) from None
    lengths = {len(part) for part in (*example.columns.values(), *example.outputs.values(), example.answers)}
    if len(lengths) != 1:
        raise PackageError("example.json has not the same number of rows in all its parts.", hint=RESTORE)
    return example


def compare_outputs(graph: str, found: Arrays, example: Example, *, tolerance: float) -> None:
    """Refuse a graph whose outputs are further than `tolerance` from the trained network's.

    Raises:
        PackageError: It says by how much, in which output, and for how many rows.
    """
    for name, values in found.items():
        if name not in example.outputs:
            raise PackageError(f"example.json has no output {name!r} to compare.", hint=RESTORE)
        try:
            told = np.asarray(example.outputs[name], dtype=np.float64)
        except (ValueError, TypeError, OverflowError):
            raise PackageError(f"example.json holds no even table for {name!r}.", hint=RESTORE) from None
        if told.shape != values.shape:
            raise PackageError(
                f"Graph {graph!r} gave {name!r} of shape {list(values.shape)} for the example rows;"
                f" the trained network gave {list(told.shape)}.",
                hint=RESTORE,
            )
        apart = np.abs(np.asarray(values, dtype=np.float64) - told).reshape(len(told), -1)
        wrong = ~(apart <= tolerance).all(axis=1)
        if wrong.any():
            raise PackageError(
                f"Graph {graph!r} does not give what the trained network gave: {name!r} differs by"
                f" up to {np.max(apart):.3g} (allowed: {tolerance:.3g})"
                f" in {int(wrong.sum())} of {len(told)} example rows.",
                hint="The package is damaged, or this machine's ONNX Runtime computes wrongly.",
            )


def compare_answers(
    found: Sequence[JSON], told: Sequence[JSON], *, tolerance: float = ANSWER_TOLERANCE
) -> None:
    """Refuse answers that are not those stored: words equal, numbers no further apart than `tolerance`.

    Raises:
        PackageError: It names the first row and field that differ, and by how much.
    """
    for number, (ours, theirs) in enumerate(zip(found, told, strict=True)):
        problem = _difference(ours, theirs, "", tolerance)
        if problem is not None:
            raise PackageError(
                f"The package does not answer as it was trained to: in example row {number}, {problem}.",
                hint="Its codecs or its calibration are not those that it was written with.",
            )


def _difference(ours: Any, theirs: Any, place: str, tolerance: float) -> str | None:
    """Where two JSON values differ, in words, or None."""
    if isinstance(ours, dict) and isinstance(theirs, dict) and ours.keys() == theirs.keys():
        pairs = [(ours[key], theirs[key], f"{place}.{key}" if place else key) for key in ours]
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        pairs = [(ours[index], theirs[index], f"{place}[{index}]") for index in range(len(ours))]
    elif _is_number(ours) and _is_number(theirs):
        apart = abs(ours - theirs)
        return None if apart <= tolerance else f"{place} differs by {apart:.3g} (allowed: {tolerance:.3g})"
    else:
        same = type(ours) is type(theirs) and ours == theirs
        return None if same else f"{place or 'the answer'} is another one"
    return next(filter(None, (_difference(*pair, tolerance) for pair in pairs)), None)


def _is_number(value: Any) -> bool:
    """Whether a JSON value is a number."""
    return isinstance(value, int | float) and not isinstance(value, bool)
