"""What a training hands over to be written as a package."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lepton_ai.codecs.base import InputCodec, OutputCodec
from lepton_ai.core.calibration import Calibration
from lepton_ai.core.types import JSON, Arrays, Columns


@dataclass(frozen=True, kw_only=True)
class Graph:
    """One exported ONNX graph.

    Attributes:
        model: The bytes of the ONNX file, with its weights inside.
        outputs: Names of the outputs that are used.
        precision: How weights are held: "fp32" or "int8".
        tolerance: Largest absolute difference allowed from the trained network's outputs.
    """

    model: bytes
    outputs: Sequence[str] = ("logits",)
    precision: str = "fp32"
    tolerance: float = 1e-4


@dataclass(frozen=True, kw_only=True)
class PackageContents:
    """Everything that a package holds, before it is written.

    Attributes:
        task: Name in the task table.
        name: The model's name: letters, digits, ".", "_", "-"; at most 100 characters.
        description: One line for people.
        inputs: Codec by input column.
        output_column: Name of the target column.
        output: The codec of the target.
        graphs: Graph by name; "default" is the one that answers.
        calibration: How scores are calibrated and when the model abstains.
        example: The input columns of 1 to 32 real rows.
        outputs: The trained network's raw outputs for those rows, each with a row per row.
        answers: What `output.decode` makes of them, a row each.
        profile: Reference statistics of the training rows.
        metrics: Scores on the held-out split by name, each a number or {"value", "low", "high"}; "slices"
            may hold a list of {"name", "rows", and scores}.
        lineage: Dataset hash, plan hash, seed, library versions, parent.
        findings: What the quality report found in the data, each {"severity", "title", "count", "advice"}.
        weights: Files that training can go on from, by name; None leaves them out.
    """

    task: str
    name: str
    description: str
    inputs: Mapping[str, InputCodec]
    output_column: str
    output: OutputCodec
    graphs: Mapping[str, Graph]
    calibration: Calibration
    example: Columns
    outputs: Arrays
    answers: Sequence[JSON]
    profile: JSON = field(default_factory=dict)
    metrics: JSON = field(default_factory=dict)
    lineage: JSON = field(default_factory=dict)
    findings: Sequence[JSON] = ()
    weights: Mapping[str, bytes] | None = None
