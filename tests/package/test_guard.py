from __future__ import annotations

import contextlib
import random

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from tiny_package import ROWS, contents, graph_of

from lepton_ai.codecs.text import TextCodec
from lepton_ai.core.errors import PackageError
from lepton_ai.package import open_package, write_package
from lepton_ai.package.contents import Graph
from lepton_ai.package.guard import check_model


@pytest.fixture(scope="module")
def model():
    return graph_of(TextCodec.fit(ROWS, units=0))


def outside(name="weights", location="secret.bin", shape=(4,)):
    """A tensor that says its content lies in another file."""
    tensor = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=shape)
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value=location)
    return tensor


def model_with(*, nodes=(), initializers=(), functions=()):
    graph = helper.make_graph(
        [*nodes, helper.make_node("Identity", ["x"], ["y"])],
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1])],
        list(initializers),
    )
    return helper.make_model(graph, functions=list(functions)).SerializeToString()


def sub_graph(tensor):
    return helper.make_graph([], "sub", [], [], [tensor])


def places():
    """A model for each place where a tensor can hide."""
    constant = helper.make_node("Constant", [], ["c"], value=outside())
    sparse = onnx.SparseTensorProto(values=outside(), indices=outside())
    training = onnx.ModelProto.FromString(model_with())
    training.training_info.add().initialization.CopyFrom(sub_graph(outside()))
    sparse_model = onnx.ModelProto.FromString(model_with())
    sparse_model.graph.sparse_initializer.append(sparse)
    function = helper.make_function("d", "F", [], ["c"], [constant], [helper.make_opsetid("", 18)])
    branch = helper.make_node(
        "If", ["x"], ["z"], then_branch=sub_graph(outside()), else_branch=sub_graph(outside())
    )
    several = helper.make_node("N", [], [], tensors=[outside()])
    graphs = helper.make_node("N", [], [], graphs=[sub_graph(outside())])
    return {
        "initializer": model_with(initializers=[outside()]),
        "constant": model_with(nodes=[constant]),
        "branch": model_with(nodes=[branch]),
        "list of tensors": model_with(nodes=[several]),
        "list of graphs": model_with(nodes=[graphs]),
        "function": model_with(functions=[function]),
        "training": training.SerializeToString(),
        "sparse": sparse_model.SerializeToString(),
    }


def test_a_plain_model_passes(model):
    check_model(model, name="model.onnx")


@pytest.mark.parametrize("place", places())
def test_tensors_in_other_files_are_refused_wherever_they_stand(place):
    with pytest.raises(PackageError, match=r"model\.onnx keeps tensors in another file"):
        check_model(places()[place], name="model.onnx")


def test_a_location_without_the_flag_is_refused(model):
    tensor = numpy_helper.from_array(np.zeros(4, np.float32), "w")
    tensor.external_data.add(key="location", value="/etc/passwd")
    with pytest.raises(PackageError, match="keeps tensors in another file"):
        check_model(model_with(initializers=[tensor]), name="model.onnx")


def test_an_operator_that_reads_files_is_refused():
    node = helper.make_node("EPContext", [], ["c"], domain="com.microsoft", ep_cache_context="/etc/passwd")
    with pytest.raises(PackageError, match="operator EPContext, which reads other files"):
        check_model(model_with(nodes=[node]), name="model.onnx")


def test_a_package_cannot_reach_a_file_beside_it(tmp_path, monkeypatch):
    """The weights lie in the working directory, where ONNX Runtime would find them."""
    codec = TextCodec.fit(ROWS, units=0)
    model = onnx.ModelProto.FromString(graph_of(codec))
    weights = model.graph.initializer[0]
    (tmp_path / "secret.bin").write_bytes(weights.raw_data)
    moved = outside(name=weights.name, shape=list(weights.dims))
    model.graph.initializer[0].CopyFrom(moved)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(PackageError, match="keeps tensors in another file"):
        write_package(tmp_path / "p", contents(graphs={"default": Graph(model=model.SerializeToString())}))
    assert [path.name for path in tmp_path.iterdir()] == ["secret.bin"]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "holds no graph"),
        (b"\x00", "cut short"),
        (b"\xff" * 20, "too long"),
        (b"\x3a\x7f", "cut short"),
        (b"\x3b", "unknown kind"),
        (b"\x08\x01", "holds no graph"),
        (b"\xba\x80\x80\x80\x80\x01\x00", "impossible number"),
        (b"\x18\x00\x00\x00ORTM" + b"\0" * 40, "."),
    ],
)
def test_what_is_no_model_is_refused(raw, said):
    with pytest.raises(PackageError, match=f"is no ONNX model: .*{said}"):
        check_model(raw, name="model.onnx")


def test_graphs_nested_too_deep_are_refused():
    message = b""
    for _ in range(60):
        for field in (6, 5, 1):  # a graph in an attribute in a node
            message = bytes([field << 3 | 2]) + varint(len(message)) + message
    with pytest.raises(PackageError, match="nested too deep"):
        check_model(bytes([7 << 3 | 2]) + varint(len(message)) + message, name="model.onnx")


def varint(value):
    return bytes([value & 0x7F | 0x80]) + varint(value >> 7) if value > 0x7F else bytes([value])


def test_random_bytes_end_in_our_error_or_pass(model):
    draw = random.Random(0)
    for _ in range(300):
        raw = bytearray(model)
        for _ in range(4):
            raw[draw.randrange(len(raw))] = draw.randrange(256)
        with contextlib.suppress(PackageError):
            check_model(bytes(raw[: draw.randrange(len(raw))]), name="m")


def test_a_large_model_takes_milliseconds():
    import time

    tensor = numpy_helper.from_array(np.zeros(20_000_000, np.float32), "w")
    raw = model_with(initializers=[tensor])
    start = time.perf_counter()
    check_model(raw, name="m")
    assert time.perf_counter() - start < 0.5


def test_an_opened_package_was_checked(written):
    assert open_package(written).session().outputs == ("logits",)
