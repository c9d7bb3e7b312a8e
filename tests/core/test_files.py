from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from lepton_ai.core import files
from lepton_ai.core.errors import LeptonError
from lepton_ai.core.files import atomic_folder, sync_tree, write_atomic


@pytest.mark.parametrize(
    ("content", "raw"), [(b"\0\xff", b"\0\xff"), ("文字\n", "文字\n".encode()), ("", b"")]
)
def test_a_file_is_written(tmp_path, content, raw):
    write_atomic(tmp_path / "file", content)
    assert (tmp_path / "file").read_bytes() == raw
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_file_is_replaced(tmp_path):
    write_atomic(tmp_path / "file", "old")
    write_atomic(tmp_path / "file", "new")
    assert (tmp_path / "file").read_text() == "new"


def test_a_failed_write_keeps_the_old_file(tmp_path, monkeypatch):
    write_atomic(tmp_path / "file", "old")
    monkeypatch.setattr(
        files.os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device"))
    )
    with pytest.raises(OSError, match="No space left"):
        write_atomic(tmp_path / "file", "new")
    assert (tmp_path / "file").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_folder_appears_whole(tmp_path):
    target = tmp_path / "deep" / "target"
    with atomic_folder(target) as building:
        (building / "sub").mkdir()
        (building / "sub" / "file").write_text("x")
        assert not target.exists()
    assert (target / "sub" / "file").read_text() == "x"
    assert [path.name for path in target.parent.iterdir()] == ["target"]
    assert target.stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize(
    "error", [ValueError("x"), KeyboardInterrupt(), SystemExit(1), MemoryError()], ids=repr
)
def test_a_block_that_fails_leaves_nothing(tmp_path, error):
    def fail():
        with atomic_folder(tmp_path / "target") as building:
            (building / "file").write_text("x")
            raise error

    with pytest.raises(type(error)):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_there_is_never_replaced(tmp_path):
    (tmp_path / "target").mkdir()
    with pytest.raises(LeptonError, match="exists already"), atomic_folder(tmp_path / "target"):
        pass


@pytest.mark.parametrize("kind", ["folder", "file", "link"])
def test_what_appears_in_the_meantime_is_never_replaced(tmp_path, kind):
    target = tmp_path / "target"

    def race():
        with atomic_folder(target) as building:
            (building / "file").write_text("ours")
            if kind == "folder":
                target.mkdir()
                (target / "file").write_text("theirs")
            elif kind == "file":
                target.write_text("theirs")
            else:
                target.symlink_to(tmp_path / "nowhere")

    with pytest.raises(LeptonError, match="exists already"):
        race()
    assert [path.name for path in tmp_path.iterdir()] == ["target"]


@pytest.mark.e2e
def test_a_killed_process_leaves_no_folder_under_the_name(tmp_path):
    code = (
        "import sys, time; from pathlib import Path; from lepton_ai.core.files import atomic_folder\n"
        "with atomic_folder(Path(sys.argv[1])) as building:\n"
        "    (building / 'file').write_text('half'); print('ready', flush=True); time.sleep(600)"
    )
    target = tmp_path / "target"
    process = subprocess.Popen([sys.executable, "-c", code, str(target)], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not target.exists()
    assert all(path.name.endswith(".part") for path in tmp_path.iterdir())
    with atomic_folder(target) as building:
        (building / "file").write_text("whole")
    assert (target / "file").read_text() == "whole"


FULL = """
import resource, signal, sys
from pathlib import Path
from lepton_ai.core.files import atomic_folder, write_atomic
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
place = Path(sys.argv[1])
write_atomic(place / "file", b"old")
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
for act in ("file", "folder"):
    try:
        if act == "file":
            write_atomic(place / "file", b"x" * 200_000)
        else:
            with atomic_folder(place / "folder") as building:
                (building / "small").write_bytes(b"x")
                (building / "large").write_bytes(b"x" * 200_000)
    except OSError as error:
        print(act, error.strerror)
"""


@pytest.mark.e2e
def test_a_disk_that_takes_no_more_leaves_the_old_state(tmp_path):
    """The limit on the size of files stands for a full disk: the write fails in the middle."""
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert done.stdout == "file File too large\nfolder File too large\n"
    assert (tmp_path / "file").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_everything_in_a_folder_is_synced(tmp_path, monkeypatch):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "file").write_text("x")
    synced = []
    monkeypatch.setattr(files.os, "fsync", lambda handle: synced.append(os.fstat(handle).st_ino))
    sync_tree(tmp_path)
    assert set(synced) == {
        path.stat().st_ino for path in (tmp_path, tmp_path / "sub", tmp_path / "sub" / "file")
    }
