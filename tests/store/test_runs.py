from __future__ import annotations

import signal
import subprocess
import sys

import msgspec
import pytest

from lepton_ai.core.errors import UsageError
from lepton_ai.store import RunRecord, RunStore
from lepton_ai.store.runs import KEPT_FAILURES, RECORD


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path / "runs")


def record_of(folder):
    return msgspec.json.decode((folder / RECORD).read_bytes(), type=RunRecord)


def test_a_run_has_a_folder_while_it_lasts(store):
    with store.begin("topics") as run:
        assert run.folder.parent == store.root
        record = record_of(run.folder)
        assert (record.id, record.name, record.ended, record.outcome) == (run.id, "topics", None, None)
        (run.folder / "checkpoint").write_bytes(b"x" * 1000)
        assert store.abandoned() == []
    assert list(store.root.iterdir()) == []


def test_a_failed_run_keeps_only_its_record(store):
    run = store.begin("topics")

    def diverge():
        with run:
            (run.folder / "checkpoint").write_bytes(b"x")
            (run.folder / "deep").mkdir()
            raise ValueError("diverged")

    with pytest.raises(ValueError, match="diverged"):
        diverge()
    assert [path.name for path in run.folder.iterdir()] == [RECORD]
    assert record_of(run.folder).outcome == "failed"
    assert record_of(run.folder).ended is not None
    assert store.abandoned() == []


def fail(store, name):
    with pytest.raises(ValueError, match="diverged"), store.begin(name) as run:
        raise ValueError("diverged")
    return run.folder


def test_the_records_of_the_last_failures_are_kept(store, monkeypatch):
    times = (f"2026-01-01T00:00:{second:02}+00:00" for second in range(60))
    monkeypatch.setattr("lepton_ai.store.runs._now", lambda: next(times))
    alive = store.begin("alive")
    killed = store.begin("killed")
    killed._lock.release()
    folders = [fail(store, f"run-{number}") for number in range(KEPT_FAILURES + 3)]
    with store.begin("next") as run:
        kept = {folder for folder in store.root.iterdir() if folder not in (alive.folder, run.folder)}
        assert kept == {killed.folder, *folders[3:]}
        assert alive.folder.is_dir()
    alive._lock.release()


def test_runs_at_the_same_time_have_their_own_folders(store):
    with store.begin("a") as first, store.begin("a") as second:
        assert first.folder != second.folder
        assert store.abandoned() == []


@pytest.mark.parametrize("name", ["", "x" * 201])
def test_a_run_needs_a_name(store, name):
    with pytest.raises(UsageError, match="1 to 200 characters"):
        store.begin(name)


def test_an_empty_store_has_no_abandoned_runs(store):
    assert store.abandoned() == []


def test_other_things_in_the_folder_are_passed_over(store):
    store.root.mkdir()
    (store.root / "notes.txt").write_text("x")
    (store.root / "empty").mkdir()
    (store.root / "broken").mkdir()
    (store.root / "broken" / RECORD).write_text("{")
    (store.root / ".x.part").mkdir()
    assert store.abandoned() == []


def test_a_living_run_is_not_discarded(store):
    with store.begin("topics") as run:
        run._lock.release()
        (abandoned,) = store.abandoned()
        lock = run._lock.take(run.folder)
        with pytest.raises(UsageError, match="is at work"):
            store.discard(abandoned)
        lock.release()


def test_a_folder_of_elsewhere_is_not_discarded(store, tmp_path):
    run = store.begin("topics")
    run._lock.release()
    (abandoned,) = store.abandoned()
    with pytest.raises(UsageError, match="is no run of"):
        RunStore(tmp_path / "other").discard(abandoned)
    store.discard(abandoned)
    store.discard(abandoned)
    assert store.abandoned() == []


@pytest.mark.e2e
def test_a_killed_run_is_found_and_discarded(store):
    code = (
        "import sys, time; from pathlib import Path; from lepton_ai.store import RunStore\n"
        "with RunStore(Path(sys.argv[1])).begin('topics') as run:\n"
        "    (run.folder / 'checkpoint').write_bytes(b'half'); print(run.id, flush=True); time.sleep(600)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(store.root)], stdout=subprocess.PIPE, text=True
    )
    identity = process.stdout.readline().strip()
    assert store.abandoned() == []
    process.send_signal(signal.SIGKILL)
    process.wait()
    (abandoned,) = store.abandoned()
    assert (abandoned.record.id, abandoned.record.name, abandoned.record.pid) == (
        identity,
        "topics",
        process.pid,
    )
    assert (abandoned.folder / "checkpoint").read_bytes() == b"half"
    with store.begin("topics"):
        assert store.abandoned() == [abandoned]
    store.discard(abandoned)
    assert store.abandoned() == []
    assert list(store.root.iterdir()) == []
