"""Opens a model package and proves that it still works."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from lepton_ai.codecs import CODECS
from lepton_ai.codecs.base import Codec, InputCodec, OutputCodec
from lepton_ai.core.calibration import Calibration
from lepton_ai.core.errors import LeptonError, MissingDependencyError, PackageError
from lepton_ai.core.types import Arrays
from lepton_ai.package.example import read_example
from lepton_ai.package.files import PackageFiles, map_verified, pieces_verified, read_verified, shown
from lepton_ai.package.manifest import (
    CALIBRATION,
    CARD,
    EXAMPLE,
    PROFILE,
    REQUIRED,
    RESTORE,
    CodecRecord,
    Manifest,
)
from lepton_ai.package.package import Package
from lepton_ai.package.replay import replay as replay_example
from lepton_ai.package.signature import Signature
from lepton_ai.package.source import load_manifest, open_files
from lepton_ai.package.tensors import Content, read_arrays

T = TypeVar("T")

MAPPED_FROM = 1 << 24
"""Codec state of more bytes is mapped into memory where it lies in a folder."""


def open_package(
    path: Path | str, *, replay: bool = True, codecs: Mapping[str, type[Codec]] = CODECS
) -> Package:
    """Open a package: check every file of it, restore its codecs, and replay its example.

    Nothing is written, and nothing outside the package is read.

    Args:
        path: A package folder, or a zip archive of one.
        replay: Answer the example rows and compare; takes a few milliseconds beyond loading the graph.
        codecs: The table that codecs are restored from.

    Raises:
        PackageError: The package is missing, damaged, hostile, of a newer format, or does not replay.
    """
    if "\0" in os.fspath(path):
        raise PackageError("The path of the package holds a zero byte.", hint="Give the path of a package.")
    files = open_files(Path(path))
    manifest = load_manifest(files)
    model = manifest.graphs["default"].file
    held, states = _read_all(files, manifest, kept={model} if replay else set())
    package = Package(
        path=Path(path),
        manifest=manifest,
        inputs={each.column: _restore_input(each, states, codecs) for each in manifest.inputs},
        output=_restore_output(manifest.output, states, codecs),
        calibration=_read_json(CALIBRATION, held, Calibration),
        example=read_example(held[EXAMPLE]),
        profile=_read_json(PROFILE, held, dict[str, Any]),
        card=held[CARD].decode("utf-8", errors="replace"),
        size_bytes=sum(files.sizes.values()),
    )
    _check_signature(package)
    if replay:
        package.session(model=held.pop(model))
        replay_example(package)
    return package


def _read_all(
    files: PackageFiles, manifest: Manifest, *, kept: set[str]
) -> tuple[dict[str, bytes], dict[str, Content]]:
    """Check the content of every file; give those that opening needs, those `kept`, and all codec state.

    Large codec state of a folder is not copied but mapped into memory, and the map is what is checked.
    """
    states = {each.state for each in (*manifest.inputs, manifest.output)}
    needed = {*REQUIRED, *states, *kept}
    held: dict[str, bytes] = {}
    maps: dict[str, Content] = {}
    for name, record in manifest.files.items():
        if name in states and record.bytes > MAPPED_FROM:
            view = map_verified(files, name, record)
            maps[name] = read_verified(files, name, record) if view is None else view
        elif name in needed:
            held[name] = read_verified(files, name, record)
        else:
            for _piece in pieces_verified(files, name, record):
                pass
    return held, {**held, **maps}


def _restore_input(
    record: CodecRecord, held: Mapping[str, Content], codecs: Mapping[str, type[Codec]]
) -> InputCodec:
    """The codec of an input column."""
    codec = _restore(record, held, codecs)
    if not isinstance(codec, InputCodec):
        raise PackageError(f"{_place(record)} is {record.codec!r}, which reads no input.", hint=RESTORE)
    return codec


def _restore_output(
    record: CodecRecord, held: Mapping[str, Content], codecs: Mapping[str, type[Codec]]
) -> OutputCodec:
    """The codec of the target column."""
    codec = _restore(record, held, codecs)
    if not isinstance(codec, OutputCodec):
        raise PackageError(f"{_place(record)} is {record.codec!r}, which makes no answers.", hint=RESTORE)
    return codec


def _restore(record: CodecRecord, held: Mapping[str, Content], codecs: Mapping[str, type[Codec]]) -> Codec:
    """The codec of one column."""
    if record.codec not in codecs:
        raise PackageError(
            f"{_place(record)} is {record.codec!r}, which this release does not know.",
            hint="A newer release may: pip install --upgrade lepton-ai",
        )
    try:
        arrays: Arrays = {} if record.state is None else read_arrays(held[record.state])
        return codecs[record.codec].restore(record.params, arrays)
    except MissingDependencyError:
        raise
    except LeptonError as error:
        raise PackageError(f"{_place(record)} cannot be restored: {error.message}", hint=RESTORE) from error
    except Exception as error:
        raise PackageError(
            f"{_place(record)} cannot be restored: {type(error).__name__}: {str(error)[:200]}.", hint=RESTORE
        ) from error


def _place(record: CodecRecord) -> str:
    """What a codec is called in an error."""
    return f"The codec of column {shown(record.column)}"


def _read_json(name: str, held: Mapping[str, Content], kind: type[T]) -> T:
    """The value that a JSON file of the package holds."""
    try:
        return msgspec.json.decode(held[name], type=kind)
    except (ValueError, RecursionError) as error:
        raise PackageError(f"{name} cannot be read: {error}.", hint=RESTORE) from None


def _check_signature(package: Package) -> None:
    """Refuse a signature that cannot be enforced or that speaks of other columns than the codecs."""
    schema = package.manifest.signature.get("input")
    if not isinstance(schema, dict) or not isinstance(package.manifest.signature.get("output"), dict):
        raise PackageError("The signature has no schema of a row or none of an answer.", hint=RESTORE)
    if set(Signature(schema).columns) != package.inputs.keys():
        raise PackageError("The signature and the codecs speak of different columns.", hint=RESTORE)
