"""A trained network to an ONNX graph, with proof that both answer alike."""

from __future__ import annotations

import contextlib
import io
import logging
import warnings
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from lepton_ai.core.errors import TrainingError
from lepton_ai.core.types import Arrays

TOLERANCE = 1e-3
"""Largest absolute difference of a logit between the trained network and its graph."""

_OPSET = 20


class Exportable(Protocol):
    """A trained model that can be exported."""

    arrays: tuple[str, ...]
    """Names of the arrays that it takes, in order."""

    def __call__(self, *arrays: Tensor) -> Any:
        """Its output, or a tuple of outputs."""

    def eval(self) -> Any:
        """Switch to evaluation."""

    def for_serving(self) -> nn.Module:
        """A module that answers alike at less cost."""


def export_onnx(
    model: Exportable,
    inputs: Mapping[str, str],
    example: Arrays,
    *,
    outputs: Sequence[str] = ("logits",),
    fixed: Collection[str] = (),
) -> bytes:
    """The graph of a model as ONNX bytes. Rows and lengths are free.

    Args:
        model: The trained networks; switched to evaluation.
        inputs: Name of the graph input for each array of the model.
        example: Arrays of at least two rows, by array name.
        outputs: Names for what the model gives, in its order.
        fixed: Arrays whose second axis has always the same length.

    Raises:
        ValueError: The example has fewer than two rows: the exporter would freeze that axis.
    """
    arrays = tuple(torch.from_numpy(example[name]) for name in model.arrays)
    free = [name for name in model.arrays if name not in fixed]
    if any(len(example[name]) < 2 for name in model.arrays) or any(
        example[name].shape[1] < 2 for name in free
    ):
        raise ValueError("An example of one row or one position would freeze that axis of the graph.")
    served = model.for_serving().eval()
    kinds = dict.fromkeys(_length_of(name) for name in free)
    lengths = {name: torch.export.Dim(f"length_{index}") for index, name in enumerate(kinds)}
    rows = torch.export.Dim("rows")
    shapes = tuple(
        {0: rows} if name in fixed else {0: rows, 1: lengths[_length_of(name)]} for name in model.arrays
    )
    with _quiet(), torch.no_grad():
        program = torch.onnx.export(
            served,
            arrays,
            dynamo=True,
            input_names=[inputs[name] for name in model.arrays],
            output_names=list(outputs),
            dynamic_shapes=(shapes,),
            opset_version=_OPSET,
            verbose=False,
        )
    if program is None:
        raise TrainingError("The exporter gave no graph.", hint="Report this with the plan of the training.")
    graph: bytes = program.model_proto.SerializeToString()
    return graph


def largest_difference(
    graph: bytes,
    model: Exportable,
    inputs: Mapping[str, str],
    batches: Sequence[Arrays],
    *,
    output: str = "logits",
) -> float:
    """Largest absolute difference between an output of the graph and the first of the trained model.

    Args:
        graph: ONNX bytes.
        model: What it was exported from.
        inputs: Name of the graph input for each array of the model.
        batches: Arrays by name, of several shapes.
        output: Name of the graph's output that is compared.

    Raises:
        TrainingError: The difference is above `TOLERANCE`.
    """
    session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
    model.eval()
    worst = 0.0
    for batch in batches:
        with torch.no_grad():
            given = model(*(torch.from_numpy(batch[name]) for name in model.arrays))
        expected = (given[0] if isinstance(given, tuple) else given).numpy()
        found: NDArray[np.float32] = session.run(
            [output], {inputs[name]: batch[name] for name in model.arrays}
        )[0]
        # np.maximum keeps a NaN, which max() would drop.
        worst = float(np.maximum(worst, np.abs(found - expected).max(initial=0.0)))
    if not worst <= TOLERANCE:
        raise TrainingError(
            f"The exported graph differs from the trained network by {worst:.2g}; {TOLERANCE} is allowed.",
            hint="Report this with the plan of the training; the model was not saved.",
        )
    return worst


_SHARED_LENGTH = {"values": "ngrams"}


def _length_of(array: str) -> str:
    return _SHARED_LENGTH.get(array, array)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """The exporter's own progress and advice are not for the person who trains."""
    loggers = [logging.getLogger(name) for name in ("torch", "onnxscript", "onnx_ir")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
