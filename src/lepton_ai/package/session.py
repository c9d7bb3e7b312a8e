"""ONNX Runtime sessions: one way to make them, and their errors in our words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from lepton_ai.core.errors import PackageError
from lepton_ai.core.types import Arrays
from lepton_ai.package.guard import check_model
from lepton_ai.package.manifest import RESTORE

if TYPE_CHECKING:
    import onnxruntime

_TYPES: Final[Mapping[str, str]] = {
    "tensor(float)": "float32",
    "tensor(double)": "float64",
    "tensor(float16)": "float16",
    "tensor(int64)": "int64",
    "tensor(int32)": "int32",
    "tensor(int16)": "int16",
    "tensor(int8)": "int8",
    "tensor(uint8)": "uint8",
    "tensor(uint16)": "uint16",
    "tensor(uint32)": "uint32",
    "tensor(uint64)": "uint64",
    "tensor(bool)": "bool",
}


class GraphSession:
    """One ONNX graph, ready to run on the CPU. Threads may run it at the same time.

    Args:
        model: The bytes of the ONNX file.
        name: What the graph is called in errors.
        threads: Threads that one run may use.

    Raises:
        PackageError: The model reaches outside its bytes, or ONNX Runtime does not take it.
    """

    def __init__(self, model: bytes, *, name: str, threads: int = 1) -> None:
        import onnxruntime  # noqa: PLC0415 - costs 0.1 s, which listing models should not pay

        check_model(model, name=name)
        self.name = name
        self.threads = threads
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
        options.log_severity_level = 4
        options.add_session_config_entry("session.load_model_format", "ONNX")
        options.add_session_config_entry("session.intra_op.allow_spinning", "0" if threads == 1 else "1")
        try:
            self._session: onnxruntime.InferenceSession = onnxruntime.InferenceSession(
                model, options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:
            raise PackageError(
                f"ONNX Runtime does not load {name}: {_first_line(error)}.", hint=RESTORE
            ) from None
        self.inputs = {each.name: _dtype(each.type, name) for each in self._session.get_inputs()}
        self.fixed = frozenset(
            each.name
            for each in self._session.get_inputs()
            if len(each.shape) > 1 and isinstance(each.shape[1], int)
        )
        self.outputs = tuple(each.name for each in self._session.get_outputs())
        self._shapes = {each.name: each.shape for each in self._session.get_outputs()}
        self._dtypes = {each.name: _dtype(each.type, name) for each in self._session.get_outputs()}

    def run(self, outputs: list[str], arrays: Arrays) -> list[Any]:
        """The named outputs, in that order, for the graph's inputs by name.

        Raises:
            PackageError: ONNX Runtime could not run the graph on these arrays.
        """
        try:
            found: list[Any] = self._session.run(outputs, arrays)
        except Exception as error:
            raise PackageError(f"{self.name} could not be run: {_first_line(error)}.", hint=RESTORE) from None
        return found

    def width(self, output: str) -> int:
        """How many numbers an output has for a row, as far as the graph fixes it; at least 1."""
        sizes = [size for size in self._shapes[output][1:] if isinstance(size, int)]
        return max(1, math.prod(sizes))

    def empty(self, output: str) -> Any:
        """An array of no rows, shaped like an output (an axis of unknown length has length 0)."""
        sizes = [size if isinstance(size, int) else 0 for size in self._shapes[output][1:]]
        return np.empty((0, *sizes), dtype=self._dtypes[output])


def _dtype(kind: str, name: str) -> np.dtype[Any]:
    """The NumPy type of a graph's input or output."""
    try:
        return np.dtype(_TYPES[kind])
    except KeyError:
        raise PackageError(f"{name} has an input or output of the type {kind}.", hint=RESTORE) from None


def _first_line(error: Exception) -> str:
    """The first line of a message from ONNX Runtime, at most 300 characters."""
    lines = str(error).strip().splitlines()
    return (lines[0] if lines else type(error).__name__)[:300].rstrip(".")
