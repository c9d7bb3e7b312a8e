from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time

import pytest

from lepton_ai.core.errors import NotFoundError, PackageError, UsageError
from lepton_ai.package import open_package, pack
from lepton_ai.store import ModelStore, models
from lepton_ai.store.locks import FolderLock


@pytest.fixture
def store(tmp_path):
    return ModelStore(tmp_path / "models")


def test_versions_count_up_from_one(store, written):
    assert [store.publish(written, "topics").version for _ in range(3)] == [1, 2, 3]
    assert [each.version for each in store.versions("topics")] == [1, 2, 3]


def test_name_and_version_stand_in_the_manifest(store, written):
    store.publish(written, "topics")
    published = store.publish(written, "topics")
    manifest = open_package(published.path).manifest
    assert (manifest.name, manifest.version) == ("topics", 2)
    assert open_package(written).manifest.version == 0
    assert published.metrics["accuracy"]["value"] == 0.91
    assert published.task == "text-classification"
    assert published.path == store.root / "topics" / "2"


def test_the_name_may_come_from_the_package(store, written):
    assert store.publish(written).name == "messages"


def test_an_archive_is_published_as_a_folder(store, written, tmp_path):
    pack(written, tmp_path / "p.zip")
    published = store.publish(tmp_path / "p.zip")
    assert (published.path / "model.onnx").read_bytes() == (written / "model.onnx").read_bytes()


def test_a_published_version_can_be_published_again(store, written):
    first = store.publish(written, "a")
    assert open_package(store.publish(first.path, "b").path).manifest.name == "b"


def test_references(store, written):
    for _ in range(11):
        store.publish(written, "topics")
    folder = store.root / "topics"
    assert store.resolve("topics") == store.resolve("topics@latest") == folder / "11"
    assert store.resolve("topics@2") == folder / "2"
    assert store.find("topics@2").version == 2


def test_the_list_holds_the_latest_of_each(store, written):
    assert store.list() == []
    for name in ("b", "a", "b"):
        store.publish(written, name)
    assert [(each.name, each.version) for each in store.list()] == [("a", 1), ("b", 2)]


@pytest.mark.parametrize("reference", ["topic", "../topics", "", "@3", "topics/../x", "a\0b"])
def test_an_unknown_model_is_told_with_those_that_are_there(store, written, reference):
    store.publish(written, "topics")
    for ask in (store.resolve, store.versions):
        with pytest.raises(NotFoundError, match="There is no model named") as caught:
            ask(reference)
        assert "'topics'" in str(caught.value)


@pytest.mark.parametrize("version", ["2", "0", "01", "-1", "x", "1/../1", "9" * 50])
def test_an_unknown_version_is_told_with_those_that_are_there(store, written, version):
    store.publish(written, "topics")
    with pytest.raises(NotFoundError, match=r"has no version .* It has: 1, and 'latest'"):
        store.resolve(f"topics@{version}")


@pytest.mark.parametrize("name", ["", "../up", "a b", ".x", "a@1", "x" * 101])
def test_a_name_that_cannot_be_is_refused(store, written, name):
    with pytest.raises(UsageError, match="cannot be named"):
        store.publish(written, name)
    assert not store.root.exists()


def test_a_damaged_package_is_not_published(store, written, tmp_path):
    store.publish(written, "topics")
    copy = shutil.copytree(written, tmp_path / "copy")
    (copy / "model.onnx").write_bytes(b"x" * (copy / "model.onnx").stat().st_size)
    with pytest.raises(PackageError):
        store.publish(copy, "topics")
    assert [path.name for path in (store.root / "topics").iterdir()] == ["1"]


def test_a_full_disk_publishes_nothing(store, written, monkeypatch):
    def full(folder):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(models, "sync_tree", full)
    with pytest.raises(OSError, match="No space left"):
        store.publish(written, "topics")
    assert list((store.root / "topics").iterdir()) == []
    assert store.list() == []


def test_a_version_that_cannot_be_read_is_listed_with_its_problem(store, written):
    published = store.publish(written, "topics")
    (published.path / "manifest.json").write_text("{")
    assert "cannot be read" in store.list()[0].problem


def test_other_things_in_the_folder_are_passed_over(store, written):
    store.publish(written, "topics")
    (store.root / "topics" / ".publish.x.part").mkdir()
    (store.root / "topics" / "notes.txt").write_text("x")
    (store.root / "topics" / "7").write_text("a file, no version")
    (store.root / "README.md").write_text("x")
    (store.root / ".hidden").mkdir()
    assert [(each.name, each.version) for each in store.list()] == [("topics", 1)]


def test_a_number_taken_by_a_file_is_passed_over(store, written):
    store.publish(written, "topics")
    (store.root / "topics" / "2").write_text("a file, no version")
    assert store.publish(written, "topics").version == 3


@pytest.mark.e2e
def test_processes_that_publish_at_once_each_get_their_own_version(store, written):
    code = (
        "import sys; from pathlib import Path; from lepton_ai.store import ModelStore\n"
        "store = ModelStore(Path(sys.argv[1])); sys.stdin.readline()\n"
        "print(*[store.publish(Path(sys.argv[2]), 'topics').version for _ in range(5)])"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(store.root), str(written)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for process in started:
        process.stdin.write("go\n")
        process.stdin.flush()
    told = [process.communicate(timeout=120)[0].split() for process in started]
    assert sorted(int(version) for each in told for version in each) == list(range(1, 21))
    for each in store.versions("topics"):
        assert open_package(each.path, replay=False).manifest.version == each.version
    assert sorted(path.name for path in (store.root / "topics").iterdir()) == sorted(map(str, range(1, 21)))


def test_a_publisher_that_loses_the_race_takes_the_next_number(store, written, monkeypatch):
    """Another publisher takes version 1 between the choice of the number and the rename."""
    real = models.sync_tree

    def interfere(folder):
        real(folder)
        monkeypatch.setattr(models, "sync_tree", real)
        ModelStore(store.root).publish(written, "topics")

    monkeypatch.setattr(models, "sync_tree", interfere)
    assert store.publish(written, "topics").version == 2
    assert [open_package(each.path).manifest.version for each in store.versions("topics")] == [1, 2]


def leftover(store, *, locked=False, age=7200.0):
    """What a killed publisher leaves, made `age` seconds ago."""
    folder = store.root / "topics" / ".publish.abc.part"
    (folder / "package").mkdir(parents=True)
    lock = FolderLock.take(folder, create=True)
    if not locked:
        lock.release()
    os.utime(folder, (time.time() - age, time.time() - age))
    return folder, lock


def test_old_leftovers_are_removed(store):
    folder, _ = leftover(store)
    assert store.clean(age=3600) == [folder]
    assert not folder.exists()
    assert store.clean() == []


def test_young_leftovers_stay(store):
    folder, _ = leftover(store, age=10)
    assert store.clean(age=3600) == []
    assert folder.exists()


def test_leftovers_of_a_living_publisher_stay(store):
    folder, lock = leftover(store, locked=True)
    assert store.clean(age=0) == []
    lock.release()
    assert store.clean(age=0) == [folder]


@pytest.mark.e2e
def test_a_killed_publisher_leaves_no_version(store, written):
    code = (
        "import sys, time; from pathlib import Path; from lepton_ai.store import ModelStore, models\n"
        "models.sync_tree = lambda folder: (print('ready', flush=True), time.sleep(600))\n"
        "ModelStore(Path(sys.argv[1])).publish(Path(sys.argv[2]), 'topics')"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(store.root), str(written)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "ready\n"
    assert store.clean(age=0) == []
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert store.list() == []
    assert len(store.clean(age=0)) == 1
    assert list((store.root / "topics").iterdir()) == []
    assert store.publish(written, "topics").version == 1
