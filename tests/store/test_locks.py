from __future__ import annotations

import subprocess
import sys

import pytest

from lepton_ai.store.locks import FolderLock


def test_a_lock_is_held_by_one(tmp_path):
    with FolderLock.take(tmp_path, create=True):
        assert FolderLock.take(tmp_path) is None
    lock = FolderLock.take(tmp_path)
    lock.release()
    lock.release()
    assert FolderLock.take(tmp_path) is not None


def test_a_missing_file_is_made_only_when_asked(tmp_path):
    with pytest.raises(FileNotFoundError):
        FolderLock.take(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.e2e
def test_a_lock_ends_with_its_process(tmp_path):
    code = (
        "import os, sys; from pathlib import Path; from lepton_ai.store.locks import FolderLock\n"
        "lock = FolderLock.take(Path(sys.argv[1]), create=True); print('held', flush=True)\n"
        "sys.stdin.readline(); os._exit(1)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "held\n"
    assert FolderLock.take(tmp_path) is None
    process.communicate("die\n", timeout=60)
    assert FolderLock.take(tmp_path) is not None
