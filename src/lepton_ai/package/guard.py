"""Refuses ONNX models that could reach outside their own bytes, without the `onnx` library.

A tensor of an ONNX model may lie in another file, named in the model ("external data"), and some operators
name files as well. ONNX Runtime would open such a file relative to the working directory. This walks the
protobuf wire format (https://protobuf.dev/programming-guides/encoding) along the messages of `onnx.proto`
that can hold a tensor or a node, skipping all else, so a model of hundreds of megabytes takes milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from lepton_ai.core.errors import PackageError

_CHILDREN: Final[Mapping[str, Mapping[int, str]]] = {
    "model": {7: "graph", 20: "training", 25: "function"},
    "training": {1: "graph", 2: "graph"},
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "function": {7: "node", 11: "attribute"},
    "node": {4: "operator", 5: "attribute"},
    "attribute": {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse"},
    "sparse": {1: "tensor", 2: "tensor"},
}
"""Message -> field number -> message, as in onnx.proto (IR version 13)."""

_EXTERNAL_DATA = 13
_DATA_LOCATION = 14
_MOST_FIELDS = 5_000_000
_DEEPEST = 100
_FILE_OPERATORS: Final = frozenset({b"EPContext"})


class _BrokenError(Exception):
    """The bytes are not a protobuf message."""


def check_model(model: bytes, *, name: str) -> None:
    """Refuse a model that is no plain ONNX model or that names other files.

    Args:
        model: The bytes of the ONNX file.
        name: What the file is called in the error.

    Raises:
        PackageError: A tensor lies in another file, an operator reads one, or the bytes are not ONNX.
    """
    try:
        _walk(memoryview(model), name)
    except _BrokenError as error:
        raise PackageError(
            f"{name} is no ONNX model: {error}.", hint="The package is damaged: fetch or train it again."
        ) from None


def _walk(model: memoryview, name: str) -> None:
    """Visit every message that can hold a tensor or an operator."""
    pending: list[tuple[str, memoryview, int]] = [("model", model, 0)]
    fields = 0
    graphs = 0
    while pending:
        kind, message, depth = pending.pop()
        graphs += kind == "graph"
        if depth > _DEEPEST:
            raise _BrokenError("its graphs are nested too deep")
        children = _CHILDREN.get(kind, {})
        for number, value in _fields(message):
            fields += 1
            if fields > _MOST_FIELDS:
                raise _BrokenError("it has too many parts")
            if kind == "tensor":
                _check_tensor(number, value, name)
            elif number in children and isinstance(value, memoryview):
                if children[number] == "operator":
                    _check_operator(bytes(value), name)
                else:
                    pending.append((children[number], value, depth + 1))
    if graphs == 0:
        raise _BrokenError("it holds no graph")


def _check_tensor(number: int, value: int | memoryview, name: str) -> None:
    """Refuse a field that says that the tensor's content lies elsewhere."""
    if number == _EXTERNAL_DATA or (number == _DATA_LOCATION and value != 0):
        raise PackageError(
            f"{name} keeps tensors in another file, which is not read: a package must hold all it needs.",
            hint="Export the model with its weights inside (external_data=False).",
        )


def _check_operator(operator: bytes, name: str) -> None:
    """Refuse an operator that opens files."""
    if operator in _FILE_OPERATORS:
        raise PackageError(
            f"{name} uses the operator {operator.decode()}, which reads other files.",
            hint="Export the model for no particular device.",
        )


def _fields(message: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """The fields of one message: number and value (an integer, or the bytes of the other wire types)."""
    place, end = 0, len(message)
    while place < end:
        key, place = _varint(message, place)
        if key > 0xFFFF_FFFF:  # protobuf's C++ reader cuts such a key to 32 bits: it would see another field
            raise _BrokenError("it holds a field with an impossible number")
        number, wire = key >> 3, key & 7
        if wire == 0:
            value, place = _varint(message, place)
            yield number, value
            continue
        if wire == 2:
            size, place = _varint(message, place)
        elif wire in (1, 5):
            size = 8 if wire == 1 else 4
        else:
            raise _BrokenError("it holds a field of an unknown kind")
        if number == 0 or place + size > end:
            raise _BrokenError("it is cut short")
        yield number, message[place : place + size]
        place += size


def _varint(message: memoryview, place: int) -> tuple[int, int]:
    """A variable-length integer and the place behind it."""
    value = 0
    for shift in range(0, 70, 7):
        if place >= len(message):
            raise _BrokenError("it is cut short")
        byte = message[place]
        place += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & 0xFFFF_FFFF_FFFF_FFFF, place
    raise _BrokenError("it holds a number that is too long")
