"""A small, real recommender: the mean of the vectors of a history's items, multiplied with all vectors."""

from __future__ import annotations

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from lepton_ai.codecs.ranking import HistoryCodec, IdIndex, RankingOptionsCodec, TopItemsCodec
from lepton_ai.codecs.ranking.index import NearestIndex
from lepton_ai.core.calibration import Calibration
from lepton_ai.package import Graph, PackageContents

CELLS = [None, "u1", ["i1", "i2"], {"user": "u2", "history": ["i5"]}]


def vectors_of(items, width, seed=0):
    vectors = np.random.default_rng(seed).normal(size=(items, width)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def graph_of(vectors, *, queries=False):
    """An ONNX graph from `user.items` and `user.seen` to `scores` (or `query`) and `seen`."""
    table = np.concatenate([np.zeros((1, vectors.shape[1]), np.float32), vectors])
    nodes = [
        helper.make_node("Gather", ["table", "user.items"], ["gathered"]),
        helper.make_node("ReduceSum", ["gathered", "second"], ["sum"], keepdims=0),
        helper.make_node("Cast", ["user.items"], ["numbers"], to=TensorProto.FLOAT),
        helper.make_node("Min", ["numbers", "one"], ["there"]),
        helper.make_node("ReduceSum", ["there", "second"], ["count"], keepdims=1),
        helper.make_node("Max", ["count", "one"], ["least"]),
        helper.make_node("Div", ["sum", "least"], ["query"]),
        helper.make_node("Identity", ["user.seen"], ["seen"]),
    ]
    name, width = ("query", vectors.shape[1]) if queries else ("scores", len(vectors))
    if not queries:
        nodes.append(helper.make_node("MatMul", ["query", "across"], ["scores"]))
    graph = helper.make_graph(
        nodes,
        "tiny",
        [
            helper.make_tensor_value_info("user.items", TensorProto.INT64, ["rows", "items"]),
            helper.make_tensor_value_info("user.seen", TensorProto.INT64, ["rows", "seen"]),
        ],
        [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, ["rows", width]),
            helper.make_tensor_value_info("seen", TensorProto.INT64, ["rows", "seen"]),
        ],
        [
            numpy_helper.from_array(table, "table"),
            numpy_helper.from_array(np.array([1], np.int64), "second"),
            numpy_helper.from_array(np.array(1, np.float32), "one"),
            *([] if queries else [numpy_helper.from_array(np.ascontiguousarray(vectors.T), "across")]),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.checker.check_model(model)
    return model.SerializeToString()


def codecs_of(items=40, users=8, width=6, *, queries=False, index=False, length=12):
    """The codecs of a catalogue of so many items; user number u has u events."""
    vectors = vectors_of(items, width)
    ids = IdIndex([f"i{number}" for number in range(items)])
    counts = np.arange(users)
    events = np.random.default_rng(1).integers(1, items + 1, size=counts.sum())
    history = HistoryCodec(
        ids,
        IdIndex([f"u{number}" for number in range(users)]),
        np.concatenate([[0], np.cumsum(counts)]),
        events,
        length=length,
    )
    output = TopItemsCodec(
        ids,
        vectors=vectors,
        popularity=np.bincount(events, minlength=items + 1)[1:] / max(1, len(events)),
        newest=np.linspace(0, 1, items),
        categories=["even", "odd"],
        item_categories=(np.arange(items + 1), np.arange(items) % 2),
        titles=[f"Item {number}" for number in range(items)],
        search=vectors if queries else None,
        index=NearestIndex.build(vectors) if index else None,
    )
    return history, output


def outputs_of(history, vectors, cells, *, queries=False):
    """What the graph gives, computed without it."""
    arrays = history.encode(cells)
    table = np.concatenate([np.zeros((1, vectors.shape[1]), np.float32), vectors])
    count = np.maximum((arrays["items"] > 0).sum(axis=1, keepdims=True), 1)
    query = (table[arrays["items"]].sum(axis=1) / count).astype(np.float32)
    first = {"query": query} if queries else {"scores": query @ vectors.T}
    return {**first, "seen": arrays["seen"]}


def contents(*, queries=False, index=False, **shape):
    """What a training hands over."""
    history, output = codecs_of(queries=queries, index=index, **shape)
    vectors = output.catalogue.vectors
    columns = {"user": CELLS, "options": [None, {"k": 3}, {"exclude_seen": False}, None]}
    outputs = outputs_of(history, vectors, CELLS, queries=queries)
    return PackageContents(
        task="recommendation",
        name="things",
        description="What to look at next.",
        inputs={"user": history, "options": RankingOptionsCodec()},
        output_column="items",
        output=output,
        graphs={"default": Graph(model=graph_of(vectors, queries=queries), outputs=tuple(outputs))},
        calibration=Calibration(temperature=0.5),
        example=columns,
        outputs=outputs,
        answers=output.decode(outputs, Calibration(temperature=0.5), columns),
    )
