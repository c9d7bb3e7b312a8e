"""A small, real model: n-grams of a text, each with a weight a label, summed up by an ONNX graph."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from lepton_ai.codecs.label import LabelCodec
from lepton_ai.codecs.text import TextCodec
from lepton_ai.core.calibration import Calibration
from lepton_ai.package import Graph, PackageContents

ROWS = [
    "where is my parcel",
    "我的包裹到哪里了",
    "I want my money back 💸",
    "我要退款",
    "how do I change my password?",
    "忘记密码了怎么办",
    "hello",
    "a rather long message about a parcel that never came, and a refund that I would like to have now",
]
LABELS = ["account", "delivery", "refund"]


def network(seed=0, size=400):
    """Weights of the trained network: a table [n-grams, labels] and a bias [labels]."""
    draw = np.random.default_rng(seed)
    return draw.normal(size=(size, 3)).astype(np.float32), draw.normal(size=3).astype(np.float32)


def logits_of(codec, rows, seed=0, column="message"):
    """What the trained network gives, computed without ONNX."""
    weights, bias = network(seed, codec.vocabulary()["ngrams"])
    arrays = codec.encode(rows)
    return (weights[arrays["ngrams"]] * arrays["values"][:, :, None]).sum(axis=1) + bias


def graph_of(codec, seed=0, column="message", shift=0.0):
    """The same network as an ONNX model."""
    weights, bias = network(seed, codec.vocabulary()["ngrams"])
    shape = ["rows", "length"]
    graph = helper.make_graph(
        [
            helper.make_node("Gather", ["weights", f"{column}.ngrams"], ["each"]),
            helper.make_node("Unsqueeze", [f"{column}.values", "last"], ["scale"]),
            helper.make_node("Mul", ["each", "scale"], ["scaled"]),
            helper.make_node("ReduceSum", ["scaled", "middle"], ["sum"], keepdims=0),
            helper.make_node("Add", ["sum", "bias"], ["logits"]),
        ],
        "tiny",
        [
            helper.make_tensor_value_info(f"{column}.ngrams", TensorProto.INT32, shape),
            helper.make_tensor_value_info(f"{column}.values", TensorProto.FLOAT, shape),
        ],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["rows", 3])],
        [
            numpy_helper.from_array(weights, "weights"),
            numpy_helper.from_array(bias + np.float32(shift), "bias"),
            numpy_helper.from_array(np.array([2], np.int64), "last"),
            numpy_helper.from_array(np.array([1], np.int64), "middle"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.checker.check_model(model)
    return model.SerializeToString()


def contents(**changes):
    """What a training hands over; `changes` replace parts of it."""
    codec = TextCodec.fit(ROWS, units=0)
    output = LabelCodec(LABELS)
    calibration = Calibration(temperature=1.5, threshold=0.4, risk=0.05, coverage=0.9, rows=100)
    outputs = {"logits": logits_of(codec, ROWS)}
    parts = {
        "task": "text-classification",
        "name": "messages",
        "description": "What a customer writes about.",
        "inputs": {"message": codec},
        "output_column": "topic",
        "output": output,
        "graphs": {"default": Graph(model=graph_of(codec))},
        "calibration": calibration,
        "example": {"message": ROWS},
        "outputs": outputs,
        "answers": output.decode(outputs, calibration, {"message": ROWS}),
        "profile": {"rows": 8},
        "metrics": {"accuracy": {"value": 0.91, "low": 0.88, "high": 0.94}, "rows": 800},
        "lineage": {"dataset": "0" * 64, "seed": 0},
        "findings": [{"severity": "warning", "title": "Equal rows", "count": 12, "advice": "Drop them."}],
        "weights": {"network.safetensors": b"\0" * 100},
    }
    return PackageContents(**{**parts, **changes})


def edit_manifest(folder: Path, **changes):
    """Change fields of a written manifest, the way a careful forger would."""
    path = folder / "manifest.json"
    value = json.loads(path.read_text())
    path.write_text(json.dumps({**value, **changes}))
    return value


def replace_file(folder: Path, name: str, content: bytes):
    """Change a file of a written package and its hash in the manifest."""
    import hashlib

    (folder / name).write_bytes(content)
    files = json.loads((folder / "manifest.json").read_text())["files"]
    files[name] = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    edit_manifest(folder, files=files)


if __name__ == "__main__":
    # python tests/package/tiny_package.py ARCHIVE: keeps a package of today's format for the tests of later
    # releases. An archive of a released format is never written again.
    import sys
    import tempfile

    from lepton_ai.package import pack, write_package

    with tempfile.TemporaryDirectory() as place:
        write_package(Path(place) / "package", contents())
        pack(Path(place) / "package", Path(sys.argv[1]))
