from __future__ import annotations

import msgspec
import numpy as np
import pytest
import torch
from toy import CLASSES, TEXTS, Counting, lesson, network, rows_of

from lepton_ai.codecs.label import softmax
from lepton_ai.core.errors import TrainingError
from lepton_ai.training.full_batch import train
from lepton_ai.training.predict import predict

THREE = [number if number == 0 else 1 + row % 2 for row, number in enumerate(CLASSES)]


def table():
    """The encoded texts, shape [rows, n-grams]."""
    rows = rows_of()
    found = np.zeros((len(rows), int(rows.arrays["ngrams"].flat.max()) + 1))
    row = np.repeat(np.arange(len(rows)), rows.arrays["ngrams"].lengths)
    found[row, rows.arrays["ngrams"].flat] = rows.arrays["values"].flat
    return found


@pytest.mark.parametrize(("numbers", "classes"), [(CLASSES, 2), (THREE, 3)])
def test_it_answers_like_scikit_learn(numbers, classes):
    linear = pytest.importorskip("sklearn.linear_model")
    trained = network("wide_ngram", classes)
    train(
        trained,
        lesson(
            {"inverse_penalty": 5.0, "iterations": 500, "evidence": 0.0}, numbers=numbers, classes=classes
        ),
    )
    found = softmax(predict(trained, rows_of()))
    # Theirs sums over the rows where ours takes the mean, so 5 times the rows becomes 5.
    theirs = linear.LogisticRegression(C=5.0, max_iter=5000, tol=1e-9).fit(table(), numbers)
    np.testing.assert_allclose(found, theirs.predict_proba(table()), atol=5e-3)


def test_there_is_one_answer_whatever_the_seed():
    found = []
    for seed in (1, 2):
        torch.manual_seed(seed)
        trained = network("wide_ngram")
        train(trained, lesson({}, seed=seed))
        found.append(predict(trained, rows_of()))
    np.testing.assert_array_equal(*found)


@pytest.mark.parametrize("evidence", [0.0, 0.5, 1.0])
def test_it_learns_and_the_weights_stand_for_plain_values(evidence):
    progress, settings = Counting(), {"evidence": evidence}
    trained = network("wide_ngram")
    assert train(trained, lesson(settings, progress=progress)) == settings
    assert progress.steps == 1
    assert (predict(trained, rows_of()).argmax(1) == CLASSES).all()
    assert (predict(trained, rows_of(["refund parcel 退款", ""])).argmax(1)[0]) == 1


def test_row_weights_count():
    one = lesson({}, texts=["same", "same"], numbers=[0, 1])
    one.weights[:] = [0.1, 1.9]
    trained = network("wide_ngram")
    train(trained, one)
    assert (predict(trained, one.rows).argmax(1) == 1).all()


def test_a_class_without_rows_is_never_the_answer():
    trained = network("wide_ngram", 3)
    train(trained, lesson({}, classes=3))
    assert (predict(trained, rows_of([*TEXTS, ""])).argmax(1) < 2).all()


def test_a_loss_that_is_no_number_is_told():
    one = lesson({})
    one.weights[0] = np.nan
    with pytest.raises(TrainingError, match="loss became nan"):
        train(network("wide_ngram"), one)


def test_other_networks_and_settings_are_refused():
    with pytest.raises(TypeError, match="wide_ngram networks only"):
        train(network("text_cnn"), lesson({}))
    with pytest.raises(msgspec.ValidationError, match="penalty"):
        train(network("wide_ngram"), lesson({"penalty": 1.0}))


def test_targets_may_be_shares():
    one = lesson({}, texts=["same"] * 4, numbers=[0] * 4)
    one.targets[:] = [0.25, 0.75]
    trained = network("wide_ngram")
    train(trained, one)
    np.testing.assert_allclose(softmax(predict(trained, one.rows))[0], [0.25, 0.75], atol=0.02)
