from __future__ import annotations

import msgspec
import numpy as np
import pytest
import safetensors.numpy
from toy import CLASSES, SMALL, TEXTS, Counting, plan, wide

from lepton_ai.core.errors import TrainingError
from lepton_ai.core.plan import CodecPlan, NetworkPlan, TrainingRows
from lepton_ai.core.progress import Silent
from lepton_ai.training import fit as room
from lepton_ai.training.fit import fit

LABELS = ["delivery" if number == 0 else "refund" for number in CLASSES]
CNN = NetworkPlan("text_cnn", "steps", SMALL["text_cnn"], {"epochs": 3, "batch": 16})


def rows(texts=TEXTS, labels=LABELS, folds=None):
    folds = np.arange(len(texts)) // 4 % 5 if folds is None else np.asarray(folds, np.int64)
    return TrainingRows(columns={"text": texts}, targets=labels, folds=folds)


@pytest.fixture(scope="module")
def both():
    """Two networks, two rounds, and the last training with two copies of one."""
    progress = Counting()
    made = plan(wide(), msgspec.structs.replace(CNN, copies=2))
    return fit(made, rows(), progress=progress), progress


def test_held_out_rows_come_once_with_their_logits(both):
    trained, _ = both
    folds = rows().folds
    assert sorted(trained.held_out.tolist()) == np.flatnonzero(folds < 2).tolist()
    assert trained.held_out_logits.shape == (len(trained.held_out), 2)
    targets = trained.output.encode(LABELS)[trained.held_out]
    assert (trained.held_out_logits.argmax(1) == targets).mean() > 0.9


def test_the_model_is_made_of_all_copies(both):
    trained, _ = both
    assert [one.network for one in trained.networks] == ["wide_ngram", "text_cnn", "text_cnn"]
    assert len(trained.blend) == 3
    assert trained.blend[1] == trained.blend[2]
    assert set(trained.weights) == {
        f"{number}_{one.network}.safetensors" for number, one in enumerate(trained.networks)
    }
    for content in trained.weights.values():
        assert all(np.isfinite(array).all() for array in safetensors.numpy.load(content).values())


def test_the_graph_answers_like_the_networks(both):
    import onnxruntime

    trained, _ = both
    assert trained.difference <= 1e-3
    arrays = trained.input.encode(TEXTS[:5])
    session = onnxruntime.InferenceSession(trained.graph, providers=["CPUExecutionProvider"])
    (found,) = session.run(
        ["logits"], {one.name: arrays[one.name.removeprefix("text.")] for one in session.get_inputs()}
    )
    np.testing.assert_allclose(found, trained.logits(TEXTS[:5])["logits"], atol=1e-3)


def test_it_tells_how_far_it_has_come(both):
    trained, progress = both
    assert [name for name, _ in progress.stages] == [
        "Round 1 of 2",
        "Round 2 of 2",
        "Training on all rows",
        "Exporting",
    ]
    assert set(trained.seconds) == {"rounds", "final", "export"}
    assert progress.steps >= sum(total for _, total in progress.stages[:2])


@pytest.fixture
def spy(monkeypatch):
    """What every training was given, in order; nothing is exported."""
    parts, real = [], room.train_members

    def watching(plan_, part, **arguments):
        parts.append((list(part.cells), arguments.get("held_out")))
        return real(plan_, part, **arguments)

    monkeypatch.setattr(room, "train_members", watching)
    monkeypatch.setattr(room, "_export", lambda *arguments: (b"", 0.0))
    return parts


def test_held_out_rows_are_never_trained_on(spy):
    texts = [f"{text} unique{row}" for row, text in enumerate(TEXTS)]
    given = rows(texts)
    fit(plan(wide()), given, progress=Silent())
    assert len(spy) == 3
    for number, (cells, held_out) in enumerate(spy[:2]):
        expected = [text for text, fold in zip(texts, given.folds, strict=True) if fold == number]
        assert list(held_out.cells) == expected
        assert set(cells) == set(texts) - set(expected)
    assert spy[2] == (texts, None)


def test_labels_without_sense_are_not_known_for_held_out_rows(spy):
    generator = np.random.default_rng(0)
    texts = [f"message{number} of {number * 7} things{number}" for number in range(300)]
    labels = [["a", "b"][number] for number in generator.integers(0, 2, 300)]
    trained = fit(plan(wide(inverse_penalty=1000.0), rounds=5), rows(texts, labels), progress=Silent())
    targets = trained.output.encode(labels)[trained.held_out]
    assert 0.35 < (trained.held_out_logits.argmax(1) == targets).mean() < 0.65
    assert (trained.logits(texts)["logits"].argmax(1) == trained.output.encode(labels)).mean() > 0.95


def test_without_refit_the_networks_of_the_round_are_the_model(spy):
    folds = [-1] * 40 + [0] * 8
    made = plan(wide(), msgspec.structs.replace(CNN, copies=2), rounds=1, refit=False)
    trained = fit(made, rows(folds=folds), progress=Silent())
    ((cells, held_out),) = spy
    assert cells == TEXTS[:40]
    assert list(held_out.cells) == TEXTS[40:]
    assert trained.held_out.tolist() == list(range(40, 48))
    assert len(trained.blend) == len(trained.networks) == 2
    np.testing.assert_allclose(trained.logits(TEXTS[40:])["logits"], trained.held_out_logits, atol=1e-4)


def test_rows_that_are_never_held_out_are_trained_on_in_the_end(spy):
    folds = [-1] * 40 + [0] * 8
    fit(plan(wide(), rounds=1), rows(folds=folds), progress=Silent())
    assert [cells for cells, _ in spy] == [TEXTS[:40], TEXTS]


@pytest.mark.parametrize("folds", [[0] * 48, [0] * 40 + [2] * 8, [-1] * 48])
def test_an_empty_fold_is_told(folds, spy):
    with pytest.raises(TrainingError, match=r"Round \d has \d+ held-out rows and \d+ training rows"):
        fit(plan(wide()), rows(folds=folds), progress=Silent())


def test_a_class_that_is_missing_from_a_round(spy):
    labels = ["rare"] * 4 + LABELS[4:]
    folds = [0] * 4 + [1 + number % 2 for number in range(44)]
    trained = fit(plan(wide()), rows(labels=labels, folds=folds), progress=Silent())
    assert trained.held_out_logits.shape[1] == 3
    assert np.isfinite(trained.held_out_logits).all()


def test_class_weights_weigh_rare_classes_up(monkeypatch):
    seen, real = [], room.train_members
    monkeypatch.setattr(
        room, "train_members", lambda made, part, **rest: seen.append(part) or real(made, part, **rest)
    )
    monkeypatch.setattr(room, "_export", lambda *arguments: (b"", 0.0))
    labels = ["rare" if row % 8 == 0 else "common" for row in range(48)]
    fit(plan(wide(), class_weights=True), rows(labels=labels), progress=Silent())
    everything = seen[-1]
    rare, common = everything.weights[0], everything.weights[1]
    assert rare / common == pytest.approx(np.sqrt(42 / 6), rel=1e-5)
    assert everything.weights.mean() == pytest.approx(1)


def test_a_target_needs_the_codec_of_a_target():
    with pytest.raises(TypeError, match="text is not a codec of a target"):
        fit(plan(output=CodecPlan("label", "text")), rows(), progress=Silent())


@pytest.mark.parametrize("texts", [["好", "坏"] * 10, ["yes", "no"] * 10, [" ", "?"] * 10])
def test_texts_of_one_unit(texts):
    trained = fit(plan(wide(), CNN), rows(texts, ["a", "b"] * 10), progress=Silent())
    assert (trained.logits(texts)["logits"].argmax(1) == trained.output.encode(["a", "b"] * 10)).all()
