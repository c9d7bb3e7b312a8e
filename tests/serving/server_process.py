"""Starts a server of the fake model as a process of its own: `python server_process.py SETTINGS`."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent


class Server:
    """A running server process; its events are in `log`."""

    def __init__(self, process, log):
        self.process = process
        self.log = log
        self.port = int(self.wait_for("listening")["url"].rpartition(":")[2])
        self.url = f"http://127.0.0.1:{self.port}"

    def events(self):
        return [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]

    def wait_for(self, name):
        end = time.monotonic() + 20
        while time.monotonic() < end:
            for event in self.events():
                if event["event"] == name:
                    return event
            assert self.process.poll() is None, self.log.read_text()
            time.sleep(0.01)
        raise AssertionError(f"no event {name}: {self.log.read_text()}")

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)

    def exchange(self, raw, *, half_close=False):
        """Send bytes and read until the server closes."""
        with self.connect() as connection:
            connection.sendall(raw)
            if half_close:
                connection.shutdown(socket.SHUT_WR)
            return read_all(connection)

    def terminate(self):
        self.process.send_signal(signal.SIGTERM)

    def wait(self):
        return self.process.wait(20)


def read_all(connection):
    parts = []
    while part := connection.recv(65536):
        parts.append(part)
    return b"".join(parts)


@contextlib.contextmanager
def running(folder, *, ready=True, **settings):
    """A server with `settings`: "limits", "load_seconds", "hold_seconds", "grace", "fail", and "package",
    the folder of one that is served beside the fake model."""
    log = folder / f"server-{time.monotonic_ns()}.log"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [sys.executable, str(HERE / "server_process.py"), json.dumps(settings)],
            stderr=stream,
            stdout=stream,
            env={**os.environ, "PYTHONPATH": str(HERE)},
        )
    try:
        server = Server(process, log)
        if ready:
            server.wait_for("ready")
        yield server
    finally:
        process.kill()
        process.wait()


def main(settings):
    import threading

    from fake_model import FakeModel

    from lepton_ai.core.errors import LeptonError, PackageError
    from lepton_ai.serving.limits import Limits
    from lepton_ai.serving.server import run_server

    def load():
        time.sleep(settings.get("load_seconds", 0))
        if settings.get("fail"):
            raise PackageError("The package is damaged.")
        model = FakeModel()
        if settings.get("hold_seconds"):
            model.hold.clear()
            threading.Timer(settings["hold_seconds"], model.hold.set).start()
        return model

    models = {"support": load}
    if "package" in settings:
        from lepton_ai.package import Runtime, open_package

        models["things"] = lambda: Runtime(open_package(settings["package"]))
    try:
        run_server(
            models,
            host=settings.get("host", "127.0.0.1"),
            port=settings.get("port", 0),
            limits=Limits(**settings.get("limits", {})),
            grace=settings.get("grace", 10.0),
        )
    except LeptonError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
