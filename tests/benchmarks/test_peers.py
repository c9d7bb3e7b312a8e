from __future__ import annotations

import pytest
from benchmarks.peers import cut, fasttext, is_chinese, linear

from benchmarks import peers

ENGLISH = (
    [f"{how} {what}" for how in ("the", "my", "a", "this") for what in ("card broke", "money left")] * 12,
    ["card", "money"] * 48,
)


def right(true, found):
    return sum(left == other for left, other in zip(true, found, strict=True)) / len(true)


def test_the_cut_is_the_same_each_time_and_loses_no_row():
    rows = ([f"text {number}" for number in range(200)], [str(number) for number in range(200)])
    fitting, validation = cut(rows)
    assert sorted(fitting[0] + validation[0]) == sorted(rows[0])
    assert 10 < len(validation[0]) < 60
    assert [text.split()[1] for text in validation[0]] == validation[1]
    assert cut(rows) == (fitting, validation)


@pytest.mark.parametrize(
    ("texts", "chinese"),
    [(["快递三天没动了"], True), (["My parcel did not move"], False), (["iPhone 没信号 really not"], False)],
)
def test_chinese_is_told_by_its_letters(texts, chinese):
    assert is_chinese(texts) is chinese


def test_the_linear_peer_learns_and_tells_its_choice():
    model, chosen = linear(ENGLISH, right)
    assert model.predict(["money", "card"]) == ["money", "card"]
    assert "C=" in chosen
    assert model.size() > 0


def test_fasttext_is_searched_one_setting_after_the_other(monkeypatch):
    pytest.importorskip("fasttext")
    monkeypatch.setattr(
        peers, "_FASTTEXT_START", peers._FASTTEXT_START | {"bucket": 100_000, "dim": 10, "epoch": 2}
    )
    monkeypatch.setattr(
        peers, "_fasttext_choices", lambda texts: iter([[{"epoch": 2}, {"epoch": 3}], [{"wordNgrams": 3}]])
    )
    asked = []

    def score(true, found):
        asked.append(found)
        return float(len(asked))  # each is better than the one before

    model, chosen = fasttext(ENGLISH, score)
    assert len(asked) == 3, "the start, one other number of epochs, one other word n-gram"
    assert "epoch=3" in chosen
    assert "wordNgrams=3" in chosen
    assert set(model.predict(["card", "money"])) <= {"card", "money"}
    assert model.size() > 0


def test_fasttext_tries_letters_of_english_words_only():
    for texts, tried in ((["where is my card"], True), (["我的卡在哪里"], False)):
        changes = [change for choices in peers._fasttext_choices(texts) for change in choices]
        assert any("minn" in change for change in changes) is tried
