from __future__ import annotations

import numpy as np
import pytest
import torch
from benchmarks.peer_text_cnn import Settings, TextCNN, _batches, _pad, text_cnn

CHINESE = (
    [f"{who}{what}" for who in ("我的", "你的", "他的", "她的") for what in ("卡坏了", "钱没到")] * 16,
    ["卡", "钱"] * 64,
)
ENGLISH = (
    [f"{whose} {what}" for whose in ("my", "your", "his", "her") for what in ("card broke", "money left")]
    * 16,
    ["card", "money"] * 64,
)
SMALL = Settings(rate=0.01, embedding=8)


@pytest.fixture(autouse=True)
def _same_threads():
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)


def right(true, found):
    return sum(left == other for left, other in zip(true, found, strict=True)) / len(true)


@pytest.mark.parametrize("rows", [CHINESE, ENGLISH], ids=["zh", "en"])
def test_it_learns_and_tells_its_choice(rows):
    model, chosen = text_cnn(rows, right, grid=[Settings(rate=0.01, embedding=32)], max_epochs=10)
    assert right(rows[1], model.predict(rows[0])) > 0.95
    assert "embedding=32" in chosen
    assert "lr=0.01" in chosen
    assert "epochs=" in chosen
    assert torch.get_num_threads() == 1


def test_the_settings_and_epoch_are_those_of_the_best_validation_score():
    scores = iter([0.1, 0.3, 0.2, 0.5, 0.9, 0.4])
    grid = [SMALL, Settings(rate=0.02, embedding=8)]
    _, chosen = text_cnn(ENGLISH, lambda true, found: next(scores), grid=grid, max_epochs=3)
    assert "lr=0.02" in chosen
    assert "epochs=2 " in chosen


def test_a_search_stops_when_nothing_improves():
    asked = []

    def score(true, found):
        asked.append(found)
        return 0.5

    _, chosen = text_cnn(ENGLISH, score, grid=[SMALL], max_epochs=30)
    assert len(asked) == 5
    assert "epochs=1 " in chosen


def test_the_same_rows_give_the_same_model():
    def weights():
        model = TextCNN(ENGLISH, SMALL)
        model.train(ENGLISH, 0.01, 2)
        return model._network.state_dict()

    first, second = weights(), weights()
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_answers_do_not_depend_on_the_order_of_rows():
    model = TextCNN(ENGLISH, SMALL)
    model.train(ENGLISH, 0.01, 1)
    texts = ["money", "", "a card that nobody has seen before broke", "未知"] * 40
    assert model.predict(texts) == [model.predict([text])[0] for text in texts]


def test_its_size_grows_with_its_embedding():
    small, large = (TextCNN(ENGLISH, Settings(0.01, width)).size() for width in (8, 32))
    assert 0 < small < large


def test_batches_hold_every_row_once():
    lengths = np.random.default_rng(0).integers(1, 100, 300)
    rows = np.concatenate(_batches(lengths, np.random.default_rng(0)))
    assert sorted(rows.tolist()) == list(range(300))


def test_short_texts_are_padded_to_the_widest_kernel():
    assert _pad([[5], []]).tolist() == [[5, 0, 0, 0], [0, 0, 0, 0]]
