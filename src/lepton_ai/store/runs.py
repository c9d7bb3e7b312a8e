"""Workspaces of trainings: each knows whether the process that works in it still lives."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

import msgspec

from lepton_ai.core.errors import LeptonError, UsageError
from lepton_ai.core.files import write_atomic
from lepton_ai.store.locks import FolderLock

RECORD = "run.json"
"""The file in a run's folder that tells what it is."""

KEPT_FAILURES = 20
"""How many failed runs leave their record behind; the next run removes older ones."""


class RunRecord(msgspec.Struct, frozen=True):
    """What `run.json` holds.

    Attributes:
        id: The name of the run's folder.
        name: What is being trained.
        pid: The process that does it.
        host: The machine it runs on.
        started: UTC in ISO 8601.
        ended: UTC in ISO 8601, or None while it runs (or when it was killed).
        outcome: "done" or "failed" once it ended.
    """

    id: str
    name: str
    pid: int
    host: str
    started: str
    ended: str | None = None
    outcome: str | None = None


class Run:
    """A training at work. Use it as a `with` block: leaving it records how it ended.

    Attributes:
        folder: A folder of its own to work in. When the run ends well it is removed; when it fails, only
            its record stays for a while; when it is killed, everything stays until it is discarded.
    """

    def __init__(self, folder: Path, record: RunRecord, lock: FolderLock) -> None:
        self.folder = folder
        self._record = record
        self._lock = lock

    @property
    def id(self) -> str:
        """The name of the run's folder."""
        return self._record.id

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            outcome = "done" if kind is None else "failed"
            ended = msgspec.structs.replace(self._record, ended=_now(), outcome=outcome)
            write_atomic(self.folder / RECORD, msgspec.json.encode(ended))
            if kind is None:
                shutil.rmtree(self.folder, ignore_errors=True)
            else:
                _empty(self.folder)
        finally:
            self._lock.release()


@dataclass(frozen=True, kw_only=True)
class AbandonedRun:
    """A run whose process is gone without having ended it: killed, or lost with its machine.

    Attributes:
        folder: Its workspace, with whatever it had come to.
        record: What it said of itself.
    """

    folder: Path
    record: RunRecord


class RunStore:
    """The workspaces of all trainings of an installation, each a folder of `root`.

    A run holds a lock on its folder that the system frees with the process. So a killed run is told from a
    living one without asking for process ids, which are used again.

    Args:
        root: The folder; it is made by the first `begin`.
    """

    def __init__(self, root: Path) -> None:
        self.root = Path(root)

    def begin(self, name: str) -> Run:
        """Start a run with an empty workspace, and forget failed ones beyond the last `KEPT_FAILURES`.

        Args:
            name: What is being trained; for people.

        Raises:
            UsageError: The name is empty, or longer than 200 characters.
        """
        if not 0 < len(name) <= 200:
            raise UsageError("A run needs a name of 1 to 200 characters.")
        self.root.mkdir(parents=True, exist_ok=True)
        self._forget_failures()
        started = _now()
        identity = f"{started[:19].replace('-', '').replace(':', '')}-{secrets.token_hex(4)}"
        record = RunRecord(identity, name, os.getpid(), socket.gethostname(), started)
        making = self.root / f".{identity}.part"
        making.mkdir()
        lock = FolderLock.take(making, create=True)
        if lock is None:
            raise LeptonError(
                f"The folder {making} is held by another process.", hint="Start the training again."
            )
        try:
            write_atomic(making / RECORD, msgspec.json.encode(record))
            folder = making.rename(self.root / identity)
        except BaseException:
            lock.release()
            shutil.rmtree(making, ignore_errors=True)
            raise
        return Run(folder, record, lock)

    def abandoned(self) -> Sequence[AbandonedRun]:
        """The runs that were killed, oldest first; what they left stays until it is discarded."""
        return [
            AbandonedRun(folder=folder, record=record)
            for folder, record in self._records()
            if record.ended is None and _is_free(folder)
        ]

    def discard(self, run: AbandonedRun) -> None:
        """Remove what a killed run left behind.

        Raises:
            UsageError: The folder is none of this store, or its run is alive.
        """
        if run.folder.parent != self.root:
            raise UsageError(f"{run.folder} is no run of {self.root}.")
        if not run.folder.exists():
            return
        lock = FolderLock.take(run.folder)
        if lock is None:
            raise UsageError(f"The run {run.record.id} is at work.", hint="Stop it first, or leave it be.")
        with lock:
            shutil.rmtree(run.folder, ignore_errors=True)

    def _forget_failures(self) -> None:
        """Remove the records of all failed runs but the last ones."""
        ended = sorted(
            (record.ended, folder) for folder, record in self._records() if record.ended is not None
        )
        for _, folder in ended[:-KEPT_FAILURES]:
            shutil.rmtree(folder, ignore_errors=True)

    def _records(self) -> Iterator[tuple[Path, RunRecord]]:
        """The folders of runs with what they say of themselves; other things are passed over."""
        if not self.root.is_dir():
            return
        for folder in sorted(self.root.iterdir()):
            if folder.name.startswith(".") or not (folder / RECORD).is_file():
                continue
            try:
                yield folder, msgspec.json.decode((folder / RECORD).read_bytes(), type=RunRecord)
            except (OSError, ValueError):  # removed or damaged since it was listed: no run to speak of
                continue


def _is_free(folder: Path) -> bool:
    """Whether nobody holds a run's lock."""
    try:
        lock = FolderLock.take(folder)
    except FileNotFoundError:
        return False
    if lock is None:
        return False
    lock.release()
    return True


def _empty(folder: Path) -> None:
    """Remove everything in a run's folder but its record."""
    for path in folder.iterdir():
        if path.name == RECORD:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _now() -> str:
    """The time, UTC in ISO 8601 to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")
