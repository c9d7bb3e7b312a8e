from __future__ import annotations

from collections import Counter

import pytest
from benchmarks.datasets import DATASETS, load, root

from benchmarks import datasets


def present(name):
    """The splits of a dataset; the test is skipped where the datasets are not there."""
    if not root().is_dir():
        pytest.skip(f"the datasets are not in {root()}")
    return list(load(name))


@pytest.mark.real_data
@pytest.mark.parametrize("name", DATASETS)
def test_a_dataset_has_rows_to_learn_from_and_rows_to_be_judged_by(name):
    splits = present(name)
    assert splits
    for split in splits:
        assert split.metric in {"accuracy", "macro_f1"}
        for texts, labels in (split.train, split.test):
            assert len(texts) == len(labels) > 100
            assert all(text.strip() for text in texts)
            assert all(label.strip() for label in labels)
        assert len(set(split.train[1])) >= 2
        assert set(split.test[1]) <= set(split.train[1])


def test_without_the_datasets_they_are_skipped(tmp_path, monkeypatch):
    monkeypatch.setenv("LEPTON_DATA", str(tmp_path / "nowhere"))
    with pytest.raises(pytest.skip.Exception, match="are not in"):
        present(next(iter(DATASETS)))


def test_folds_of_a_label_are_even():
    labels = ["a"] * 11 + ["b"] * 5
    folds = datasets._stratified_folds(labels, folds=5)
    assert sorted(Counter(folds[:11].tolist()).values()) == [2, 2, 2, 2, 3]
    assert sorted(folds[11:].tolist()) == [0, 1, 2, 3, 4]
    assert folds.tolist() == datasets._stratified_folds(labels, folds=5).tolist()


@pytest.mark.real_data
def test_films_are_rated_from_one_to_five_and_described():
    if not root().is_dir():
        pytest.skip(f"the datasets are not in {root()}")
    films = datasets.movielens()
    assert {len(column) for column in films.events.values()} == {100_000}
    assert len(set(films.events["user"])) == 943
    assert len(set(films.events["item"])) == 1_682
    assert set(films.events["rating"]) == {1.0, 2.0, 3.0, 4.0, 5.0}
    assert films.items.is_file()
    assert films.users.is_file()
