"""Writes a package, and lets it appear only when it was proved to work."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import numpy as np
import safetensors.numpy

from lepton_ai.codecs import CODECS
from lepton_ai.codecs.base import Codec
from lepton_ai.core.errors import PackageError
from lepton_ai.core.files import atomic_folder
from lepton_ai.package.card import model_card
from lepton_ai.package.contents import PackageContents
from lepton_ai.package.example import Example
from lepton_ai.package.files import check_names
from lepton_ai.package.manifest import (
    CALIBRATION,
    CARD,
    EXAMPLE,
    MANIFEST,
    PROFILE,
    CodecRecord,
    FileRecord,
    GraphRecord,
    Manifest,
    encode_json,
    read_manifest,
)
from lepton_ai.package.migrations import FORMAT
from lepton_ai.package.open import open_package
from lepton_ai.package.package import WEIGHTS
from lepton_ai.package.signature import build_signature
from lepton_ai.version import __version__


def write_package(
    target: Path, contents: PackageContents, *, codecs: Mapping[str, type[Codec]] = CODECS
) -> Manifest:
    """Write a model package, open it again, replay its example, and only then let it appear.

    Args:
        target: The folder to appear; it must not exist.
        contents: What the package holds.
        codecs: The table that the codecs are restored from.

    Raises:
        PackageError: The contents do not fit together, or the written package does not replay.
        LeptonError: `target` exists already.
    """
    with atomic_folder(target) as building:
        writer = _Writer(building)
        manifest = _write(writer, contents)
        open_package(building, codecs=codecs)
    return manifest


class _Writer:
    """Writes files into a folder and remembers their hashes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files: dict[str, FileRecord] = {}

    def add(self, name: str, content: bytes) -> str:
        """Write one file and give its name back."""
        check_names([*self.files, name])
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        self.files[name] = FileRecord(bytes=len(content), sha256=hashlib.sha256(content).hexdigest())
        return name


def _write(writer: _Writer, contents: PackageContents) -> Manifest:
    """Write every file of the package, the manifest last."""
    graphs = {}
    for name, graph in contents.graphs.items():
        file = "model.onnx" if name == "default" else f"model.{name}.onnx"
        writer.add(file, graph.model)
        graphs[name] = GraphRecord(file, graph.precision, list(graph.outputs), float(graph.tolerance))
    columns = [*contents.inputs.items(), (contents.output_column, contents.output)]
    records = [_write_codec(writer, index, *each) for index, each in enumerate(columns)]
    example = Example(
        {column: list(cells) for column, cells in contents.example.items()},
        {name: np.asarray(values).tolist() for name, values in contents.outputs.items()},
        list(contents.answers),
    )
    writer.add(CALIBRATION, encode_json(contents.calibration))
    writer.add(EXAMPLE, encode_json(example))
    writer.add(PROFILE, encode_json(contents.profile))
    for name, raw in (contents.weights or {}).items():
        writer.add(WEIGHTS + name, raw)
    manifest = Manifest(
        format=FORMAT,
        release=__version__,
        task=contents.task,
        name=contents.name,
        version=0,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        description=contents.description,
        inputs=records[:-1],
        output=records[-1],
        graphs=graphs,
        signature=build_signature(contents.inputs, contents.output),
        metrics=contents.metrics,
        lineage=contents.lineage,
        files=writer.files,
    )
    card = model_card(
        manifest, output=contents.output, calibration=contents.calibration, findings=contents.findings
    )
    writer.add(CARD, card.encode("utf-8"))
    return write_manifest(writer.folder, manifest)


def _write_codec(writer: _Writer, index: int, column: str, codec: Codec) -> CodecRecord:
    """Write the large state of one codec, and record the small."""
    arrays = {name: np.ascontiguousarray(values) for name, values in codec.arrays().items()}
    state = None
    if arrays:
        state = writer.add(f"codecs/{index}.safetensors", safetensors.numpy.save(arrays))
    return CodecRecord(column=column, codec=codec.name, params=codec.params(), state=state)


def write_manifest(folder: Path, manifest: Manifest) -> Manifest:
    """Write `manifest.json` and give back what a reader finds in it.

    Raises:
        PackageError: The manifest is not one that can be read again.
    """
    try:
        raw = encode_json(manifest)
    except (TypeError, ValueError) as error:
        raise PackageError(
            f"The manifest cannot be written as JSON: {error}.",
            hint="Parameters, metrics and lineage must be plain JSON values.",
        ) from None
    read = read_manifest(raw)
    (folder / MANIFEST).write_bytes(raw)
    return read


def stamp(manifest: Manifest, *, name: str, version: int) -> Manifest:
    """The manifest of the same package under another name and version."""
    return msgspec.structs.replace(manifest, name=name, version=version)
