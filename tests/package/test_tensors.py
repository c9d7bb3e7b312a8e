from __future__ import annotations

import json
import struct

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_ai.core.errors import PackageError
from lepton_ai.package.tensors import read_arrays

TYPES = ["bool", "u1", "i1", "u2", "i2", "f2", "u4", "i4", "f4", "u8", "i8", "f8"]
ARRAYS = {
    **{kind: np.arange(6).reshape(2, 3).astype(kind) for kind in TYPES},
    "empty": np.zeros((3, 0), np.float32),
    "scalar": np.array(7, np.int64),
}
RAW = safetensors.numpy.save(ARRAYS, metadata={"a": "b"})


@pytest.mark.parametrize("content", [RAW, memoryview(RAW)], ids=["bytes", "view"])
def test_arrays_come_back(content):
    found = read_arrays(content)
    assert found.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        assert found[name].dtype == array.dtype
        np.testing.assert_array_equal(found[name], array)


def test_a_view_is_not_copied():
    found = read_arrays(memoryview(RAW))
    assert np.shares_memory(found["f4"], np.frombuffer(RAW, np.uint8))
    assert not found["f4"].flags.writeable


def file(header, body=b"\0" * 16):
    raw = header if isinstance(header, bytes) else json.dumps(header).encode()
    return memoryview(struct.pack("<Q", len(raw)) + raw + body)


def one(**changes):
    return {"a": {"dtype": "F32", "shape": [4], "data_offsets": [0, 16], **changes}}


@pytest.mark.parametrize(
    "content",
    [
        memoryview(b""),
        memoryview(b"\0" * 8),
        memoryview(b"\xff" * 20),
        file(b"{"),
        file(b"[]"),
        file({"a": {}}),
        file(one(dtype="BF16")),
        file(one(shape=[5])),
        file(one(shape=[-4])),
        file(one(shape=[2**40, 2**40])),
        file(one(data_offsets=[0, 17])),
        file(one(data_offsets=[16, 0])),
        file(one(data_offsets=[-16, 0])),
        file(one(), body=b"\0" * 8),
    ],
)
def test_a_broken_view_is_refused(content):
    with pytest.raises(PackageError, match="cannot be read"):
        read_arrays(content)


@settings(deadline=None, max_examples=200)
@given(st.integers(0, len(RAW) - 1), st.integers(0, 255), st.integers(0, len(RAW)))
def test_any_damage_is_an_array_or_an_error(place, value, length):
    damaged = bytearray(RAW)
    damaged[place] = value
    try:
        read_arrays(memoryview(bytes(damaged))[: length or None])
    except PackageError:
        return
