"""`manifest.json`: everything a package says of itself."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from lepton_ai.core.types import JSON

FORMAT = 1
"""The package format that this release writes. Releases read every format up to their own."""

Name = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")]
"""A model's name: letters, digits, dot, underscore and hyphen; at most 100 characters."""


class FileRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The size and SHA-256 of one file of the package."""

    bytes: Annotated[int, msgspec.Meta(ge=0)]
    sha256: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]


class CodecRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The codec of one column.

    Attributes:
        column: The column's name in a row.
        codec: Name in the codec table.
        params: The codec's small state.
        state: File in the package with its arrays (safetensors), or None.
    """

    column: Annotated[str, msgspec.Meta(min_length=1)]
    codec: str
    params: dict[str, Any]
    state: str | None = None


class GraphRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One ONNX graph. Its inputs are named "{column}.{array}", after the codec's arrays.

    Attributes:
        file: File in the package.
        precision: "fp32" or "int8".
        outputs: Names of the graph's outputs.
        tolerance: Largest absolute difference allowed between a replayed output and the stored one.
    """

    file: str
    precision: str
    outputs: list[str]
    tolerance: float


class Manifest(msgspec.Struct, frozen=True):
    """What `manifest.json` holds. Unknown fields are passed over, so that newer writers can add some.

    Attributes:
        format: The package format; see `FORMAT`.
        task: Name in the task table.
        name: The model's name.
        version: Counted by the store; 0 until published.
        created: UTC time in ISO 8601.
        description: One line for people.
        inputs: The input columns, each with its codec.
        output: The target column with its codec.
        graphs: Graphs by name; "default" is the one that answers.
        signature: {"input": JSON Schema of a row, "output": JSON Schema of an answer}.
        metrics: Scores on the held-out split; each {"value": ..., "low": ..., "high": ...} or a number.
        lineage: Dataset hash, plan hash, seed, library versions, parent.
        files: Every other file of the package, by its path.
    """

    format: int
    task: str
    name: Name
    version: Annotated[int, msgspec.Meta(ge=0)]
    created: str
    description: str
    inputs: list[CodecRecord]
    output: CodecRecord
    graphs: dict[str, GraphRecord]
    signature: JSON
    metrics: JSON
    lineage: JSON
    files: dict[str, FileRecord]
