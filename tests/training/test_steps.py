from __future__ import annotations

import msgspec
import numpy as np
import pytest
import torch
from toy import CLASSES, TEXTS, Counting, lesson, network, one_hot, rows_of

from lepton_ai.core.errors import TrainingError
from lepton_ai.training import steps
from lepton_ai.training.predict import predict
from lepton_ai.training.steps import train

FAST = {"epochs": 6, "batch": 8, "learning_rate": 2e-2, "patience": 0}


def weights(trained):
    return {name: value.clone() for name, value in trained.state_dict().items()}


def test_it_learns_what_can_be_told_apart():
    trained = network("text_cnn")
    train(trained, lesson(FAST))
    assert (predict(trained, rows_of()).argmax(1) == CLASSES).mean() > 0.95


def test_a_seed_decides_everything():
    found = []
    for seed in (1, 1, 2):
        torch.manual_seed(0)
        trained = network("text_cnn")
        torch.manual_seed(99)
        train(trained, lesson(FAST, seed=seed))
        found.append(weights(trained))
    one, again, other = found
    assert all(torch.equal(one[name], again[name]) for name in one)
    assert any(not torch.equal(one[name], other[name]) for name in one)


def test_without_patience_all_epochs_are_trained():
    progress = Counting()
    repeat = train(network("text_cnn"), lesson(FAST, progress=progress))
    assert progress.steps == FAST["epochs"]
    assert repeat == FAST


def watched(losses, monkeypatch):
    """Train with patience 2 while the watched loss goes as given; the network, its repeat and the epochs."""
    seen, after = iter(losses), []
    trained = network("text_cnn")

    def told(network_, rows, targets):
        after.append(weights(network_))
        return next(seen)

    monkeypatch.setattr(steps, "_watched_loss", told)
    watch = (rows_of(TEXTS[:4]), one_hot(CLASSES[:4]))
    repeat = train(trained, lesson({**FAST, "patience": 2}, watch=watch))
    return trained, repeat, after


def test_it_stops_early_and_keeps_the_best_epoch(monkeypatch):
    trained, repeat, after = watched([0.9, 0.5, 0.7, 0.6, 0.1, 0.1], monkeypatch)
    assert len(after) == 4
    assert repeat["epochs"] == 2
    assert repeat["patience"] == 0
    assert all(torch.equal(value, after[1][name]) for name, value in trained.state_dict().items())


def test_the_last_epoch_can_be_the_best(monkeypatch):
    trained, repeat, after = watched([0.9, 0.8, 0.7, 0.6, 0.5, 0.4], monkeypatch)
    assert repeat["epochs"] == len(after) == FAST["epochs"]
    assert all(torch.equal(value, after[-1][name]) for name, value in trained.state_dict().items())


def test_watched_rows_are_not_trained_on():
    strange = rows_of(["refund order 3"])
    with_watch, without = network("text_cnn"), network("text_cnn")
    without.load_state_dict(with_watch.state_dict())
    train(with_watch, lesson(FAST, watch=(strange, one_hot([0]))))
    train(without, lesson(FAST))
    assert all(
        torch.equal(value, without.state_dict()[name]) for name, value in with_watch.state_dict().items()
    )


def test_too_high_a_learning_rate_is_told():
    with pytest.raises(TrainingError, match=r"diverged in epoch \d.*lower learning rate"):
        train(network("text_cnn"), lesson({**FAST, "learning_rate": 1e30}))


@pytest.mark.parametrize("count", range(1, 9))
def test_any_number_of_steps(count):
    train(network("wide_ngram"), lesson({"epochs": count, "batch": 64}))


def test_rows_count_as_much_as_their_weights():
    one = lesson(FAST, texts=["same", "same"], numbers=[0, 1])
    one.weights[:] = [1.9, 0.1]
    trained = network("wide_ngram")
    train(trained, one)
    assert (predict(trained, one.rows).argmax(1) == 0).all()


def test_targets_are_smoothed_and_stay_shares():
    smooth = steps._smooth(one_hot([0, 1], 4), 0.2)
    np.testing.assert_allclose(smooth.sum(1), 1)
    np.testing.assert_allclose(smooth[0], [0.85, 0.05, 0.05, 0.05])


def test_an_unknown_setting_is_refused():
    with pytest.raises(msgspec.ValidationError, match="epoch"):
        train(network("wide_ngram"), lesson({"epoch": 3}))


def test_cooccurrence_needs_units():
    with pytest.raises(TypeError, match="WideNgram has no unit embedding"):
        train(network("wide_ngram"), lesson({"cooccurrence": True}))
    trained = network("text_cnn")
    train(trained, lesson({**FAST, "cooccurrence": True}))
    assert (predict(trained, rows_of()).argmax(1) == CLASSES).mean() > 0.95
