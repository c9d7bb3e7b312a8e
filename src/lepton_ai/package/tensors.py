"""Arrays of a safetensors file, copied when it is small and looked at in place when it is large."""

from __future__ import annotations

import math
from typing import Annotated, Any, Final, TypeAlias

import msgspec
import numpy as np
import safetensors.numpy

from lepton_ai.core.errors import PackageError
from lepton_ai.core.types import Arrays
from lepton_ai.package.manifest import RESTORE

Content: TypeAlias = bytes | memoryview
"""A file: its bytes, or a view of a memory map of them."""

_Length = Annotated[int, msgspec.Meta(ge=0)]
_HEADER: Final = 1 << 24
_TYPES: Final = {
    "BOOL": "bool",
    "U8": "uint8",
    "I8": "int8",
    "U16": "<u2",
    "I16": "<i2",
    "F16": "<f2",
    "U32": "<u4",
    "I32": "<i4",
    "F32": "<f4",
    "U64": "<u8",
    "I64": "<i8",
    "F64": "<f8",
}


class _Tensor(msgspec.Struct, frozen=True):
    """Where one array lies, counted from the end of the header."""

    dtype: str
    shape: list[_Length]
    data_offsets: tuple[_Length, _Length]


def read_arrays(content: Content) -> Arrays:
    """The named arrays in the content of a safetensors file.

    Those of a view are read-only views of it, so that what nobody looks at is never read, and processes
    that serve the same package share its pages.

    Raises:
        PackageError: The view is none of a safetensors file.
        safetensors.SafetensorError: The bytes are none of one.
    """
    if isinstance(content, bytes):
        return safetensors.numpy.load(content)
    try:
        size = int.from_bytes(content[:8], "little")
        if not 0 < size <= min(_HEADER, len(content) - 8):
            raise ValueError("its header is longer than the file")
        header = msgspec.json.decode(content[8 : 8 + size], type=dict[str, Any])
        header.pop("__metadata__", None)
        tensors = msgspec.convert(header, dict[str, _Tensor])
        body = content[8 + size :]
        return {name: _view(body, tensor) for name, tensor in tensors.items()}
    except (ValueError, KeyError, AttributeError, RecursionError) as error:
        raise PackageError(f"A file of arrays cannot be read: {error}.", hint=RESTORE) from None


def _view(body: memoryview, tensor: _Tensor) -> np.ndarray[tuple[int, ...], np.dtype[np.generic]]:
    """One array, without a copy."""
    dtype = np.dtype(_TYPES[tensor.dtype])
    start, end = tensor.data_offsets
    if end > len(body) or end - start != math.prod(tensor.shape) * dtype.itemsize:
        raise ValueError("an array does not fit its place")
    if start == end:
        return np.empty(tensor.shape, dtype=dtype)
    return np.frombuffer(body[start:end], dtype=dtype).reshape(tensor.shape)
