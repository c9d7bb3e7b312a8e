from __future__ import annotations

import numpy as np
import pytest
from onnx import TensorProto, helper
from tiny_package import ROWS, graph_of

from lepton_ai.codecs.text import TextCodec
from lepton_ai.core.errors import PackageError
from lepton_ai.package.session import GraphSession


@pytest.fixture(scope="module")
def session():
    return GraphSession(graph_of(TextCodec.fit(ROWS, units=0)), name="model.onnx")


def test_inputs_and_outputs_are_told(session):
    assert session.inputs == {"message.ngrams": np.dtype("int32"), "message.values": np.dtype("float32")}
    assert session.outputs == ("logits",)
    assert session.empty("logits").shape == (0, 3)
    assert session.empty("logits").dtype == np.float32


def test_arrays_that_do_not_fit_are_our_error(session):
    with pytest.raises(PackageError, match=r"model\.onnx could not be run"):
        session.run(["logits"], {"message.ngrams": np.zeros((1, 2), np.int32)})
    wild = np.full((1, 2), 10**6, np.int32)
    with pytest.raises(PackageError, match=r"model\.onnx could not be run"):
        session.run(["logits"], {"message.ngrams": wild, "message.values": np.ones((1, 2), np.float32)})


def test_a_model_that_does_not_load_is_our_error():
    node = helper.make_node("NoSuchOperator", ["x"], ["y"])
    kinds = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in "xy"]
    graph = helper.make_graph([node], "g", kinds[:1], kinds[1:])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    with pytest.raises(PackageError, match=r"ONNX Runtime does not load model\.onnx: .*NoSuchOperator"):
        GraphSession(model.SerializeToString(), name="model.onnx")


def test_a_type_that_codecs_do_not_make_is_refused():
    kinds = [helper.make_tensor_value_info(name, TensorProto.STRING, [1]) for name in "xy"]
    graph = helper.make_graph([helper.make_node("Identity", ["x"], ["y"])], "g", kinds[:1], kinds[1:])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    with pytest.raises(PackageError, match=r"of the type tensor\(string\)"):
        GraphSession(model.SerializeToString(), name="model.onnx")
