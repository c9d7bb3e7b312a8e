from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_package import ROWS, graph_of, logits_of
from tiny_package import contents as tiny

from lepton_ai.core.errors import InputError, PackageError
from lepton_ai.package import Graph, Runtime, open_package, write_package


@pytest.fixture(scope="module")
def runtime(package):
    return Runtime(package)


def test_it_gives_what_the_trained_network_gives(runtime, contents):
    rows = [f"{row} {number}" for number in range(40) for row in ROWS]
    told = logits_of(contents.inputs["message"], rows)
    np.testing.assert_allclose(runtime.outputs({"message": rows})["logits"], told, atol=1e-4)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.text(st.characters(codec="utf-8"), min_size=1, max_size=120), min_size=1, max_size=60))
def test_the_order_of_rows_is_kept(runtime, rows):
    """A batch gives each row what it gets alone."""
    together = runtime.outputs({"message": rows})["logits"]
    alone = np.concatenate([runtime.outputs({"message": [row]})["logits"] for row in rows])
    np.testing.assert_allclose(together, alone, atol=1e-4)


def test_answers_are_those_of_the_codec(runtime):
    answers = runtime.predict({"message": ["hello", "我要退款"]})
    assert [set(answer) for answer in answers] == [{"label", "score", "abstained", "scores"}] * 2
    for answer in answers:
        assert answer["score"] == max(answer["scores"].values()) == answer["scores"][answer["label"]]
        assert answer["abstained"] == (answer["score"] < 0.4)


def test_rows_and_columns_give_the_same(runtime):
    assert runtime.predict_rows([{"message": row} for row in ROWS]) == runtime.predict({"message": ROWS})


def test_no_rows_give_no_answers(runtime):
    assert runtime.predict({"message": []}) == []
    assert runtime.predict_rows([]) == []
    assert runtime.outputs({"message": []})["logits"].shape == (0, 3)


def test_bad_rows_are_named(runtime):
    with pytest.raises(InputError, match=r"rows\[1\]\.message is a number, not text"):
        runtime.predict({"message": ["ok", 7]})
    with pytest.raises(InputError, match=r"rows\[1\]\.message is missing"):
        runtime.predict_rows([{"message": "ok"}, {}])
    with pytest.raises(InputError, match="is missing"):
        runtime.check({})


def test_raw_outputs_take_missing_cells_as_empty(runtime):
    found = runtime.outputs({"message": [None, "", "hello"]})["logits"]
    np.testing.assert_allclose(found[0], found[1])
    with pytest.raises(InputError, match="missing or differ in length"):
        runtime.outputs({"other": ["x"]})


def test_threads_share_a_runtime(runtime):
    told = runtime.predict({"message": ROWS})
    with ThreadPoolExecutor(8) as pool:
        assert all(
            found == told for found in pool.map(lambda _: runtime.predict({"message": ROWS}), range(64))
        )


def test_a_second_runtime_of_a_package_does_not_load_the_graph_again(package):
    assert Runtime(package)._session is Runtime(package)._session


def test_more_threads_give_the_same(package, runtime):
    found = Runtime(package, threads=2).outputs({"message": ROWS})["logits"]
    np.testing.assert_allclose(found, runtime.outputs({"message": ROWS})["logits"], atol=1e-5)


def test_a_graph_can_be_chosen(tmp_path, contents):
    model = contents.graphs["default"].model
    graphs = {
        "default": Graph(model=model),
        "small": Graph(
            model=graph_of(contents.inputs["message"], shift=0.01), precision="int8", tolerance=0.02
        ),
    }
    write_package(tmp_path / "p", tiny(graphs=graphs))
    package = open_package(tmp_path / "p")
    default, small = (
        Runtime(package, graph=name).outputs({"message": ["hello"]})["logits"] for name in graphs
    )
    np.testing.assert_allclose(small - default, 0.01, atol=1e-5)
    with pytest.raises(PackageError, match=r"no graph 'smal'.*Did you mean 'small'"):
        Runtime(package, graph="smal")


def test_a_graph_that_wants_what_no_codec_makes_is_refused(tmp_path, contents):
    model = graph_of(contents.inputs["message"], column="other")
    with pytest.raises(PackageError, match=r"wants the input 'other\.ngrams', which no codec makes"):
        write_package(tmp_path / "p", tiny(graphs={"default": Graph(model=model)}))


def test_a_graph_that_wants_another_type_is_refused(tmp_path, contents):
    import onnx

    model = onnx.ModelProto.FromString(contents.graphs["default"].model)
    model.graph.input[0].type.tensor_type.elem_type = onnx.TensorProto.INT64
    with pytest.raises(PackageError, match=r"wants 'message\.ngrams' as int64; the codec makes int32"):
        write_package(tmp_path / "p", tiny(graphs={"default": Graph(model=model.SerializeToString())}))


def test_a_graph_without_the_named_output_is_refused(tmp_path, contents):
    graph = Graph(model=contents.graphs["default"].model, outputs=["scores"])
    with pytest.raises(PackageError, match="has no output 'scores'"):
        write_package(
            tmp_path / "p", tiny(graphs={"default": graph}, outputs={"scores": contents.outputs["logits"]})
        )
