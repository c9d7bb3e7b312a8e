"""The one inference path: rows in, answers out, on ONNX Runtime and NumPy alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lepton_ai.codecs.base import InputCodec
from lepton_ai.core.errors import InputError, PackageError, UsageError, did_you_mean
from lepton_ai.core.types import JSON, Arrays, Cell, Columns, Row
from lepton_ai.package.batching import OUTPUT_CELLS, ROWS, plan_batches, rows_at_once, trimmed
from lepton_ai.package.manifest import RESTORE
from lepton_ai.package.package import Package
from lepton_ai.package.session import GraphSession
from lepton_ai.package.signature import Signature


@dataclass(frozen=True)
class _Feed:
    """How one column reaches the graph: its codec, and which of its arrays go to which input."""

    column: str
    codec: InputCodec
    encode: Callable[[Sequence[Cell]], Arrays]
    names: tuple[tuple[str, str], ...]


class Runtime:
    """Answers rows with an opened package. Threads may share one.

    Args:
        package: The package.
        graph: Which of its graphs answers.
        threads: Threads that one call may use, 1 or more; serving scales by processes instead.

    Raises:
        UsageError: `threads` is less than 1.
        PackageError: The graph does not load, or wants inputs that the codecs do not make.

    Example:
        >>> from lepton_ai.package import Runtime, open_package
        >>> runtime = Runtime(open_package("support.zip"))  # doctest: +SKIP
        >>> runtime.predict({"message": ["my parcel is late"]})  # doctest: +SKIP
        [{'label': 'delivery', 'score': 0.97, 'abstained': False, 'scores': {...}}]
    """

    def __init__(self, package: Package, *, graph: str = "default", threads: int = 1) -> None:
        if threads < 1:
            raise UsageError(f"threads is {threads}.", hint="Give a whole number of 1 or more.")
        if graph not in package.manifest.graphs:
            raise PackageError(
                f"The package has no graph {graph!r}.", hint=did_you_mean(graph, package.manifest.graphs)
            )
        self.package = package
        self.signature = Signature(package.manifest.signature["input"])
        self._session = package.session(graph, threads=threads)
        self._outputs = list(package.manifest.graphs[graph].outputs)
        unknown = set(self._outputs) - set(self._session.outputs)
        if unknown:
            raise PackageError(f"Graph {graph!r} has no output {min(unknown)!r}.", hint=RESTORE)
        self._feeds = _connect(package.inputs, self._session)
        width = max(self._session.width(name) for name in self._outputs)
        self._most_rows = max(1, min(ROWS, OUTPUT_CELLS // width))

    def predict(self, columns: Columns) -> list[JSON]:
        """One answer a row, in the order of the rows.

        Args:
            columns: The input columns by name, all of the same length.

        Raises:
            InputError: A row does not fit the signature; it names the row (from 0) and the field.
        """
        rows = self.signature.check(columns)
        cells = {column: columns.get(column, [None] * rows) for column in self.package.inputs}
        decode, calibration = self.package.output.decode, self.package.calibration
        if rows <= 1:
            return decode(self._run(cells, 1), calibration, cells) if rows else []
        answers: list[JSON] = [{}] * rows
        # Answers are made batch by batch: the scores of a large catalogue for all rows may not fit memory.
        for place, batch, found in self._batches(cells, rows):
            for row, answer in zip(place.tolist(), decode(found, calibration, batch), strict=True):
                answers[row] = answer
        return answers

    def predict_rows(self, rows: Sequence[Row]) -> list[JSON]:
        """One answer for each row given by field name, as a request carries them.

        Raises:
            InputError: A row does not fit the signature; it names the row (from 0) and the field.
        """
        return self.predict(self.signature.transpose(rows))

    def check(self, columns: Columns) -> None:
        """Check rows against the package's signature.

        Raises:
            InputError: A row does not fit; it names the row (from 0) and the field, never the value.
        """
        self.signature.check(columns)

    def outputs(self, columns: Columns) -> Arrays:
        """The raw outputs of the graph by name; the first axis of each is the row.

        An output whose second axis is of another length in every batch ends in zeros in the shorter ones.
        Cells are not checked against the signature: a missing one is encoded as an empty one.

        Raises:
            InputError: The columns differ in length, or none of the model's is among them.
        """
        lengths = {len(columns[column]) for column in self.package.inputs if column in columns}
        if len(lengths) != 1:
            raise InputError(
                "The model's columns are missing or differ in length.",
                hint=f"Give: {', '.join(map(repr, self.package.inputs))}, one value per row in each.",
            )
        rows = lengths.pop()
        cells = {column: columns.get(column, [None] * rows) for column in self.package.inputs}
        if rows == 0:
            return {name: self._session.empty(name) for name in self._outputs}
        if rows == 1:
            return self._run(cells, 1)
        places: list[NDArray[np.intp]] = []
        parts: list[Arrays] = []
        for place, _batch, found in self._batches(cells, rows):
            places.append(place)
            parts.append(found)
        back = np.empty(rows, dtype=np.intp)
        back[np.concatenate(places)] = np.arange(rows)
        return {name: values[back] for name, values in _joined(parts, self._outputs).items()}

    def _batches(
        self, cells: Mapping[str, Sequence[Cell]], rows: int
    ) -> Iterator[tuple[NDArray[np.intp], dict[str, list[Cell]], Arrays]]:
        """Rows of like size together: which rows, their cells, and the outputs for them."""
        sizes = np.zeros(rows, dtype=np.int64)
        for feed in self._feeds:
            sizes += np.asarray(feed.codec.sizes(cells[feed.column]), dtype=np.int64)
        for place in plan_batches(sizes, rows=self._most_rows):
            chosen = place.tolist()
            batch = {column: [values[row] for row in chosen] for column, values in cells.items()}
            yield place, batch, self._run(batch, len(chosen))

    def _run(self, cells: Mapping[str, Sequence[Cell]], rows: int) -> Arrays:
        """The outputs for one batch."""
        arrays: Arrays = {}
        for feed in self._feeds:
            encoded = feed.encode(cells[feed.column])
            for array, name in feed.names:
                arrays[name] = encoded[array]
        step = rows_at_once(arrays, rows)
        if step >= rows:
            return self._infer(arrays, rows)
        parts = []
        for start in range(0, rows, step):
            some = {name: self._piece(name, array[start : start + step]) for name, array in arrays.items()}
            parts.append(self._infer(some, min(step, rows - start)))
        return _joined(parts, self._outputs)

    def _piece(self, name: str, rows: NDArray[Any]) -> NDArray[Any]:
        """Some rows of an input, without padding that none of them needs; one of fixed width stays whole."""
        return rows if name in self._session.fixed else trimmed(rows)

    def _infer(self, arrays: Arrays, rows: int) -> Arrays:
        """What the graph gives for arrays of so many rows."""
        found = self._session.run(self._outputs, arrays)
        for name, values in zip(self._outputs, found, strict=True):
            if not isinstance(values, np.ndarray) or values.ndim == 0 or len(values) != rows:
                raise PackageError(f"The graph's output {name!r} has not one entry per row.", hint=RESTORE)
        return dict(zip(self._outputs, found, strict=True))


def _joined(parts: Sequence[Arrays], outputs: Sequence[str]) -> Arrays:
    """The outputs of several runs, one after the other, each padded to the longest second axis."""
    try:
        return {name: np.concatenate(_even([part[name] for part in parts])) for name in outputs}
    except ValueError:
        raise PackageError(
            "The graph's outputs have another shape in every batch, so they cannot be put together.",
            hint="Export it with outputs whose shape differs in the second axis at most.",
        ) from None


def _even(parts: Sequence[NDArray[Any]]) -> Sequence[NDArray[Any]]:
    """Arrays with zeros at the end of the second axis, so that all are as long as the longest."""
    if parts[0].ndim < 2 or len({part.shape[1] for part in parts}) == 1:
        return parts
    longest = max(part.shape[1] for part in parts)
    return [
        np.pad(part, [(0, 0), (0, longest - part.shape[1]), *[(0, 0)] * (part.ndim - 2)]) for part in parts
    ]


def _connect(inputs: Mapping[str, InputCodec], session: GraphSession) -> tuple[_Feed, ...]:
    """Match the arrays of the codecs with the graph's inputs, by name and type."""
    feeds = []
    wanted = dict(session.inputs)
    for column, codec in inputs.items():
        arrays = codec.encode([None])
        names = [(array, f"{column}.{array}") for array in arrays if f"{column}.{array}" in wanted]
        for array, name in names:
            needed = wanted.pop(name)
            if arrays[array].dtype != needed:
                raise PackageError(
                    f"{session.name} wants {name!r} as {needed}; the codec makes {arrays[array].dtype}.",
                    hint=RESTORE,
                )
        feeds.append(_Feed(column, codec, codec.encode, tuple(names)))
    if wanted:
        raise PackageError(
            f"{session.name} wants the input {min(wanted)!r}, which no codec makes.", hint=RESTORE
        )
    return tuple(feeds)
