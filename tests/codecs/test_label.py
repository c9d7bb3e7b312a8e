from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from lepton_ai.codecs.label import LabelCodec, softmax
from lepton_ai.core.calibration import Calibration
from lepton_ai.core.errors import DataError

LOGITS = arrays(
    np.float32,
    array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=8),
    elements=st.floats(-1e4, 1e4, width=32),
)
LABELS = st.lists(st.text(min_size=1), min_size=1, max_size=8, unique=True)


@settings(deadline=None)
@given(LOGITS, st.floats(0.05, 20))
def test_softmax_gives_probabilities(logits, temperature):
    scores = softmax(logits, temperature)
    assert scores.shape == logits.shape
    assert scores.dtype == np.float32
    assert (scores >= 0).all()
    np.testing.assert_allclose(scores.sum(axis=1), 1, atol=1e-5)


@settings(deadline=None)
@given(LOGITS, st.floats(-100, 100))
def test_softmax_is_of_differences(logits, shift):
    np.testing.assert_allclose(softmax(logits.astype(np.float64) + shift), softmax(logits), atol=1e-5)


@settings(deadline=None)
@given(LOGITS, st.floats(0.05, 20))
def test_temperature_keeps_the_order(logits, temperature):
    scores = softmax(logits, temperature)
    rows = np.arange(len(logits))
    assert (scores[rows, logits.argmax(axis=1)] == scores.max(axis=1)).all()


def test_softmax_leaves_its_argument_alone():
    logits = np.array([[1.0, 2.0]])
    softmax(logits)
    assert logits.tolist() == [[1.0, 2.0]]


@settings(deadline=None)
@given(LABELS)
def test_a_restored_codec_is_equal(labels):
    codec = LabelCodec.fit(labels)
    again = LabelCodec.restore(json.loads(json.dumps(codec.params())), codec.arrays())
    assert again.labels == codec.labels == tuple(sorted(labels))
    assert again.encode(labels).tolist() == codec.encode(labels).tolist()
    assert again.cell_schema() == codec.cell_schema()
    assert again.answer_schema() == codec.answer_schema()


@settings(deadline=None)
@given(LABELS, st.data())
def test_answers_come_in_the_order_of_the_rows(labels, data):
    codec = LabelCodec.fit(labels)
    rows = data.draw(st.lists(st.sampled_from(labels), min_size=1, max_size=20))
    numbers = codec.encode(rows)
    assert [codec.labels[number] for number in numbers] == rows
    logits = np.eye(len(labels), dtype=np.float32)[numbers] * 9
    answers = codec.decode({"logits": logits}, Calibration(), {})
    assert [answer["label"] for answer in answers] == rows
    for answer in answers:
        assert list(answer["scores"]) == list(codec.labels)
        assert answer["score"] == max(answer["scores"].values())


def test_labels_are_text_and_missing_ones_are_passed_over():
    codec = LabelCodec.fit([2, "10", None, True, 2])
    assert codec.labels == ("10", "2", "True")
    assert codec.encode([2, "2"]).tolist() == [1, 1]
    assert codec.encode([]).tolist() == []


def test_an_unknown_label_is_named_with_the_nearest():
    with pytest.raises(
        DataError, match=r"'refnd' was not among the training labels\. Did you mean 'refund'\?"
    ):
        LabelCodec(["refund", "delivery"]).encode(["refnd"])


@pytest.mark.parametrize(
    ("threshold", "abstained"), [(0.0, [False, False]), (0.9, [False, True]), (1.0, [True, True])]
)
def test_low_scores_abstain(threshold, abstained):
    logits = np.array([[4.0, 0.0], [0.1, 0.0]], dtype=np.float32)
    answers = LabelCodec(["a", "b"]).decode({"logits": logits}, Calibration(threshold=threshold), {})
    assert [answer["abstained"] for answer in answers] == abstained


def test_a_temperature_softens_scores():
    logits = {"logits": np.array([[2.0, 0.0]], dtype=np.float32)}
    codec = LabelCodec(["a", "b"])
    sharp, soft = (codec.decode(logits, Calibration(temperature=each), {})[0]["score"] for each in (1.0, 4.0))
    assert sharp == pytest.approx(1 / (1 + np.exp(-2)), abs=1e-6)
    assert soft == pytest.approx(1 / (1 + np.exp(-0.5)), abs=1e-6)


def test_answers_fit_their_schema_and_are_json():
    codec = LabelCodec(["a", "b"])
    (answer,) = codec.decode({"logits": np.zeros((1, 2), np.float32)}, Calibration(), {})
    schema = codec.answer_schema()
    assert set(answer) == set(schema["required"]) == set(schema["properties"])
    assert set(answer["scores"]) == set(schema["properties"]["scores"]["required"])
    assert json.loads(json.dumps(answer)) == answer
