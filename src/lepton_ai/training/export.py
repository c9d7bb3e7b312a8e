"""A trained network to an ONNX graph, with proof that both answer alike."""

from __future__ import annotations

import contextlib
import io
import logging
import warnings
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray

from lepton_ai.core.errors import TrainingError
from lepton_ai.core.types import Arrays
from lepton_ai.training.blend import Blend

TOLERANCE = 1e-3
"""Largest absolute difference of a logit between the trained network and its graph."""

_OPSET = 20


def export_onnx(model: Blend, inputs: Mapping[str, str], example: Arrays) -> bytes:
    """The graph of a model as ONNX bytes. Rows and lengths are free; the output is called "logits".

    Args:
        model: The trained networks; switched to evaluation.
        inputs: Name of the graph input for each array of the model.
        example: Arrays of at least two rows, by array name.

    Raises:
        ValueError: The example has fewer than two rows: the exporter would freeze that axis.
    """
    arrays = tuple(torch.from_numpy(example[name]) for name in model.arrays)
    if any(array.shape[0] < 2 or array.shape[1] < 2 for array in arrays):
        raise ValueError("An example of one row or one position would freeze that axis of the graph.")
    served = model.for_serving().eval()
    lengths = {name: torch.export.Dim(f"length_{index}") for index, name in enumerate(_lengths(model))}
    rows = torch.export.Dim("rows")
    shapes = tuple({0: rows, 1: lengths[_length_of(name)]} for name in model.arrays)
    with _quiet(), torch.no_grad():
        program = torch.onnx.export(
            served,
            arrays,
            dynamo=True,
            input_names=[inputs[name] for name in model.arrays],
            output_names=["logits"],
            dynamic_shapes=(shapes,),
            opset_version=_OPSET,
            verbose=False,
        )
    if program is None:
        raise TrainingError("The exporter gave no graph.", hint="Report this with the plan of the training.")
    graph: bytes = program.model_proto.SerializeToString()
    return graph


def largest_difference(
    graph: bytes, model: Blend, inputs: Mapping[str, str], batches: Sequence[Arrays]
) -> float:
    """Largest absolute difference between the logits of the graph and of the trained model.

    Args:
        graph: ONNX bytes.
        model: What it was exported from.
        inputs: Name of the graph input for each array of the model.
        batches: Arrays by name, of several shapes.

    Raises:
        TrainingError: The difference is above `TOLERANCE`.
    """
    session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
    model.eval()
    worst = 0.0
    for batch in batches:
        with torch.no_grad():
            expected = model(*(torch.from_numpy(batch[name]) for name in model.arrays)).numpy()
        found: NDArray[np.float32] = session.run(
            ["logits"], {inputs[name]: batch[name] for name in model.arrays}
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


def _lengths(model: Blend) -> list[str]:
    return list(dict.fromkeys(_length_of(name) for name in model.arrays))


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """The exporter's own progress and advice are not for the person who trains."""
    level = logging.getLogger("torch").level
    logging.getLogger("torch").setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.getLogger("torch").setLevel(level)
