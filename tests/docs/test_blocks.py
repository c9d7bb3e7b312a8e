"""What the pages tell the reader to type works, in the order in which it stands there."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from page import ROOT, RUN, Block, blocks, is_chinese, pages

DEFAULT_PORT = 8000
READY_SECONDS = 30


def runnable(page: Path) -> list[Block]:
    return [one for one in blocks(page) if one.language in RUN and one.marker != "not run"]


PAGES = [page for page in pages() if not is_chinese(page) and runnable(page)]
"""The Chinese pages hold the same blocks (see test_pages.py)."""


class Reader:
    """Someone who follows a page from top to bottom in a fresh folder with a fresh store."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("examples", "Makefile", "README.md"):
            source = ROOT / name
            (shutil.copytree if source.is_dir() else shutil.copy)(source, folder / name)
        self.port = free_port()
        programs = str(Path(sys.executable).parent)
        self.environment = {
            **os.environ,
            "PATH": programs + os.pathsep + os.environ["PATH"],
            "LEPTON_HOME": str(folder / "home"),
            "PYTHONWARNINGS": "error::DeprecationWarning:lepton_ai",
        }
        self.python: subprocess.Popen[str] | None = None
        self.servers: list[subprocess.Popen[bytes]] = []

    def follow(self, block: Block) -> None:
        code = block.commands.replace(f":{DEFAULT_PORT}", f":{self.port}")
        if block.marker == "server":
            self.start_server(code.strip() + f" --port {self.port}")
        elif block.language == "python":
            self.run_python(code)
        else:
            self.run_shell(code)

    def run_shell(self, code: str) -> None:
        command = ["bash", "-eu", "-c", code]
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
        assert done.returncode == 0, f"{code}\n{done.stdout}\n{done.stderr}"

    def run_python(self, code: str) -> None:
        if self.python is None:
            program = [sys.executable, str(Path(__file__).with_name("run_python.py"))]
            pipe = subprocess.PIPE
            self.python = subprocess.Popen(
                program, cwd=self.folder, env=self.environment, stdin=pipe, stdout=pipe, text=True
            )
        assert self.python.stdin is not None
        assert self.python.stdout is not None
        self.python.stdin.write(json.dumps(code) + "\n")
        self.python.stdin.flush()
        told = json.loads(self.python.stdout.readline() or '"the interpreter ended"')
        assert told == "ok", f"{code}\n{told}"

    def start_server(self, code: str) -> None:
        self.servers.append(
            subprocess.Popen(["bash", "-c", f"exec {code}"], cwd=self.folder, env=self.environment)
        )
        end = time.monotonic() + READY_SECONDS
        while time.monotonic() < end:
            assert self.servers[-1].poll() is None, f"{code} has ended"
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=1):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        raise AssertionError(f"{code} is not ready after {READY_SECONDS} s")

    def leave(self) -> None:
        if self.python is not None:
            assert self.python.stdin is not None
            assert self.python.stdout is not None
            self.python.stdin.close()
            self.python.wait(timeout=30)
            self.python.stdout.close()
        for server in self.servers:
            server.terminate()
            server.wait(timeout=30)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.e2e
@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_page_can_be_followed(page, tmp_path):
    reader = Reader(tmp_path)
    try:
        for block in runnable(page):
            reader.follow(block)
    finally:
        reader.leave()
