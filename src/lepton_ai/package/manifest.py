"""`manifest.json`: everything a package says of itself, and the only door through which it is read."""

from __future__ import annotations

import math
import re
from typing import Annotated, Any

import msgspec
import numpy as np

from lepton_ai.core.errors import PackageError, UsageError
from lepton_ai.core.types import JSON
from lepton_ai.package.migrations import migrate

MANIFEST = "manifest.json"
"""The file that describes all others."""

CALIBRATION = "calibration.json"
PROFILE = "profile.json"
EXAMPLE = "example.json"
CARD = "card.md"
REQUIRED = (CALIBRATION, CARD, EXAMPLE, PROFILE)
"""The files that every package has, besides the manifest and its graphs."""

RESTORE = "The package is damaged or was changed by hand: fetch or train it again."
"""What to do about a package that is not what its writer made."""

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}\Z")
Name = Annotated[str, msgspec.Meta(pattern=f"^{NAME.pattern}")]
"""A model's name: letters, digits, dot, underscore and hyphen; at most 100 characters."""

Word = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}\Z")]
"""A name in a table or of a graph: small letters, digits, underscore, hyphen; at most 64 characters."""

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]
"""A short text that may be any Unicode, such as a column's name."""


class FileRecord(msgspec.Struct, frozen=True):
    """The size and SHA-256 of one file of the package."""

    bytes: Annotated[int, msgspec.Meta(ge=0, le=1 << 40)]
    sha256: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]


class CodecRecord(msgspec.Struct, frozen=True):
    """The codec of one column.

    Attributes:
        column: The column's name in a row.
        codec: Name in the codec table.
        params: The codec's small state.
        state: File in the package with its arrays (safetensors), or None.
    """

    column: Text
    codec: Word
    params: dict[str, Any]
    state: str | None = None


class GraphRecord(msgspec.Struct, frozen=True):
    """One ONNX graph. Its inputs are named "{column}.{array}", after the codec's arrays.

    Attributes:
        file: File in the package.
        precision: How weights are held: "fp32" or "int8".
        outputs: Names of the graph's outputs.
        tolerance: Largest absolute difference allowed between a replayed output and the stored one.
    """

    file: str
    precision: Word
    outputs: Annotated[list[Text], msgspec.Meta(min_length=1, max_length=100)]
    tolerance: Annotated[float, msgspec.Meta(ge=0)]


class Manifest(msgspec.Struct, frozen=True):
    """What `manifest.json` holds. Unknown fields are passed over, so that newer writers can add some.

    Attributes:
        format: The package format; see `migrations.FORMAT`.
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
        release: The Lepton AI release that wrote the package.
    """

    format: int
    task: Word
    name: Name
    version: Annotated[int, msgspec.Meta(ge=0, le=1 << 31)]
    created: Annotated[str, msgspec.Meta(max_length=40)]
    description: Annotated[str, msgspec.Meta(max_length=10_000)]
    inputs: Annotated[list[CodecRecord], msgspec.Meta(min_length=1, max_length=1000)]
    output: CodecRecord
    graphs: Annotated[dict[Word, GraphRecord], msgspec.Meta(min_length=1, max_length=20)]
    signature: JSON
    metrics: JSON
    lineage: JSON
    files: dict[str, FileRecord]
    release: Annotated[str, msgspec.Meta(max_length=40)] = ""


def check_name(name: str) -> str:
    """The name again, when a model can have it.

    Raises:
        UsageError: It cannot.
    """
    if not NAME.match(name):
        raise UsageError(
            f"A model cannot be named {name[:120]!r}.",
            hint="Use letters, digits, '.', '_' and '-', a letter or digit first, at most 100 of them.",
        )
    return name


def read_manifest(raw: bytes) -> Manifest:
    """The manifest in the bytes of `manifest.json`, brought to this release's format and checked.

    Raises:
        PackageError: It is not JSON, is of a format this release does not read, lacks a field, or speaks
            of files that it does not list.
    """
    try:
        value = msgspec.json.decode(raw)
        if not isinstance(value, dict):
            raise PackageError(f"{MANIFEST} holds no JSON object.", hint=RESTORE)
        manifest = msgspec.convert(migrate(value), Manifest)
    except (ValueError, RecursionError) as error:
        raise PackageError(f"{MANIFEST} cannot be read: {error}.", hint=RESTORE) from None
    _check_references(manifest)
    return manifest


def _check_references(manifest: Manifest) -> None:
    """Refuse a manifest whose parts do not fit together."""
    if "default" not in manifest.graphs:
        raise PackageError(f"{MANIFEST} names no graph 'default'.", hint=RESTORE)
    columns = [record.column for record in manifest.inputs]
    if len(set(columns)) != len(columns):
        raise PackageError(f"{MANIFEST} gives a column two codecs.", hint=RESTORE)
    for name, graph in manifest.graphs.items():
        if not math.isfinite(graph.tolerance):
            raise PackageError(f"{MANIFEST} gives graph {name!r} no finite tolerance.", hint=RESTORE)
    needed = {*REQUIRED, *(graph.file for graph in manifest.graphs.values())}
    needed |= {record.state for record in (*manifest.inputs, manifest.output) if record.state is not None}
    missing = sorted(needed - manifest.files.keys())
    if missing:
        raise PackageError(f"{MANIFEST} does not list {missing[0]!r}, which it needs.", hint=RESTORE)
    if MANIFEST in manifest.files:
        raise PackageError(f"{MANIFEST} lists itself.", hint=RESTORE)


def encode_json(value: Any) -> bytes:
    """Indented JSON as UTF-8 of plain values, structs, and NumPy scalars and arrays.

    Keys keep their order, so that equal values give equal bytes. A number that is not finite becomes null.
    """
    return msgspec.json.format(msgspec.json.encode(value, enc_hook=_plain), indent=2) + b"\n"


def _plain(value: Any) -> Any:
    """The plain Python value of a NumPy one."""
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")
