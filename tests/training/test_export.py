from __future__ import annotations

import onnxruntime
import pytest
import torch
from toy import TEXTS, codec, network

from lepton_ai.core.errors import TrainingError
from lepton_ai.training.blend import Blend
from lepton_ai.training.export import TOLERANCE, export_onnx, largest_difference

INPUTS = {name: f"message.{name}" for name in ("ngrams", "values")}


def wide():
    torch.manual_seed(0)
    one = network("wide_ngram")
    torch.nn.init.normal_(one.weights[:, 1])
    with torch.no_grad():
        one.weights[:, 0] = -one.weights[:, 1]
    return Blend([one], [1.0])


@pytest.fixture(scope="module")
def graph():
    return export_onnx(wide(), INPUTS, codec().encode(TEXTS[:2]))


def test_inputs_and_output_have_the_names_asked_for_and_free_axes(graph):
    session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
    inputs = {one.name: one.shape for one in session.get_inputs()}
    assert set(inputs) == set(INPUTS.values())
    rows, length = inputs["message.ngrams"]
    assert isinstance(rows, str)
    assert isinstance(length, str)
    assert inputs["message.values"] == [rows, length]
    (output,) = session.get_outputs()
    assert output.name == "logits"


@pytest.mark.parametrize("texts", [TEXTS[:1], TEXTS[:2], ["", ""], [*TEXTS, "", "where is parcel " * 9]])
def test_the_graph_answers_like_the_network(graph, texts):
    assert largest_difference(graph, wide(), INPUTS, [codec().encode(texts)]) <= TOLERANCE


def test_a_graph_of_other_weights_is_refused(graph):
    other = wide()
    with torch.no_grad():
        other.networks[0].bias += torch.tensor([0.0, 0.5])
    with pytest.raises(TrainingError, match=r"differs from the trained network by 0\.5"):
        largest_difference(graph, other, INPUTS, [codec().encode(TEXTS[:3])])


def test_an_answer_that_is_no_number_is_refused(graph):
    broken = wide()
    with torch.no_grad():
        broken.networks[0].bias += float("nan")
    with pytest.raises(TrainingError, match="nan"):
        largest_difference(graph, broken, INPUTS, [codec().encode(TEXTS[:3])])


def test_an_example_that_would_freeze_an_axis_is_refused():
    arrays = codec().encode(TEXTS[:2])
    one_row = {name: array[:1] for name, array in arrays.items()}
    one_position = {name: array[:, :1] for name, array in arrays.items()}
    for example in (one_row, one_position):
        with pytest.raises(ValueError, match="freeze that axis"):
            export_onnx(wide(), INPUTS, example)


def test_the_exporter_is_quiet(capfd, recwarn):
    export_onnx(wide(), INPUTS, codec().encode(TEXTS[:2]))
    assert capfd.readouterr() == ("", "")
    assert not recwarn.list
