import contextlib
import json
import socket
import statistics
import sys
import time
import urllib.request

import pytest
from raw_http import post, status_of
from server_process import HERE, read_all, running

from lepton_ai.core.errors import UsageError
from lepton_ai.serving.server import AddressError, bind

BATCH = json.dumps({"rows": [{"message": "hello"}] * 65}).encode()


def answer_on(connection):
    """One whole answer of an open connection."""
    raw = b""
    while b"\r\n\r\n" not in raw or len(raw.partition(b"\r\n\r\n")[2]) < length_of(raw):
        part = connection.recv(65536)
        assert part, raw
        raw += part
    return raw


def length_of(raw):
    return int(raw.partition(b"content-length: ")[2].partition(b"\r\n")[0])


def get(server, path):
    try:
        with urllib.request.urlopen(server.url + path, timeout=10) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_public_address_is_refused(host):
    with pytest.raises(UsageError, match="keys"):
        bind(host, 0)


def test_public_address_by_choice():
    with bind("0.0.0.0", 0, allow_public=True) as listener:
        assert listener.getsockname()[1] > 0


def test_loopback_binds_a_free_port():
    with bind("localhost", 0) as listener:
        assert listener.getsockname()[0] == "127.0.0.1"


def test_taken_port_and_unknown_host():
    with bind("127.0.0.1", 0) as listener, pytest.raises(AddressError, match="Cannot listen on"):
        bind("127.0.0.1", listener.getsockname()[1])
    with pytest.raises(AddressError, match="no address"):
        bind("no-such-host.invalid", 0)
    with pytest.raises(UsageError, match="port 70000"):
        bind("127.0.0.1", 70000)


@pytest.mark.e2e
def test_health_before_ready_then_clean_stop(tmp_path):
    with running(tmp_path, ready=False, load_seconds=0.5) as server:
        assert get(server, "/healthz")[0] == 200
        assert get(server, "/readyz")[0] == 503
        with server.connect() as connection:
            connection.sendall(post(extra=b"connection: close\r\n"))
            raw = read_all(connection)
        assert status_of(raw) == 503
        assert b"retry-after: 1" in raw
        server.wait_for("ready")
        assert get(server, "/readyz")[0] == 200
        server.terminate()
        assert server.wait() == 0
        assert server.events()[-1]["event"] == "stopped"


@pytest.mark.e2e
def test_signal_while_loading(tmp_path):
    with running(tmp_path, ready=False, load_seconds=0.5) as server:
        server.terminate()
        assert server.wait() == 0


@pytest.mark.e2e
def test_drain_answers_what_runs(tmp_path):
    with running(tmp_path, hold_seconds=1.0) as server:
        with server.connect() as idle, server.connect() as busy:
            busy.sendall(post(BATCH))
            idle.sendall(post())
            assert status_of(answer_on(idle)) == 200
            time.sleep(0.1)
            server.terminate()
            server.wait_for("draining")
            assert read_all(idle) == b""
            raw = read_all(busy)
            assert status_of(raw) == 200
            assert raw.count(b'"id"') == 65
        assert server.wait() == 0
        with pytest.raises(OSError, match="refused"):
            server.connect()


@pytest.mark.e2e
def test_grace_ends(tmp_path):
    with running(tmp_path, hold_seconds=3.0, grace=0.3) as server, server.connect() as busy:
        busy.sendall(post(BATCH))
        time.sleep(0.1)
        server.terminate()
        started = time.monotonic()
        read_all(busy)
        assert time.monotonic() - started < 2
        assert server.wait() == 0
        assert "Traceback" not in server.log.read_text()


@pytest.mark.e2e
def test_failed_load_ends_with_the_error(tmp_path):
    with running(tmp_path, ready=False, fail=True) as server:
        assert server.wait() == 5
        assert "The package is damaged." in server.log.read_text()


@pytest.mark.e2e
def test_port_in_use(tmp_path):
    import subprocess

    with bind("127.0.0.1", 0) as listener:
        settings = json.dumps({"port": listener.getsockname()[1]})
        process = subprocess.run(
            [sys.executable, str(HERE / "server_process.py"), settings],
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        )
    assert process.returncode == AddressError.exit_code
    assert "Cannot listen on 127.0.0.1" in process.stderr
    assert "Traceback" not in process.stderr


@pytest.mark.e2e
def test_health_stays_quick_beside_large_batches(tmp_path):
    with running(tmp_path, hold_seconds=0.8) as server, server.connect() as busy:
        busy.sendall(post(BATCH))
        times = []
        for _ in range(20):
            started = time.monotonic()
            assert get(server, "/healthz")[0] == 200
            times.append(time.monotonic() - started)
        assert statistics.median(times) < 0.2
        assert status_of(answer_on(busy)) == 200


@pytest.mark.e2e
def test_connections_over_the_bound(tmp_path):
    with (
        running(tmp_path, limits={"max_connections": 2}) as server,
        server.connect() as first,
        server.connect(),
        server.connect() as third,
    ):
        third.sendall(post())
        raw = answer_on(third)
        assert status_of(raw) == 503
        assert b"retry-after" in raw
        first.sendall(post())
        assert status_of(answer_on(first)) == 200


@pytest.mark.e2e
def test_foreign_host_header(server):
    raw = server.exchange(
        post(extra=b"connection: close\r\n").replace(b"host: localhost", b"host: evil.example")
    )
    assert status_of(raw) == 421


def answers_left(connection):
    """How many answers still come before the connection ends."""
    raw = b""
    with contextlib.suppress(ConnectionResetError):
        while part := connection.recv(1 << 20):
            raw += part
    return raw.count(b"HTTP/1.1 200 OK")


@pytest.mark.e2e
def test_reader_that_sleeps_is_dropped(tmp_path):
    limits = {"keep_alive": 0.3, "inline_rows": 1000}
    rows = json.dumps({"rows": [{"message": "hello"}] * 1000}).encode()
    with running(tmp_path, limits=limits) as server:
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(("127.0.0.1", server.port))
        for _ in range(60):
            connection.sendall(post(rows))
        server.wait_for("dropped")
        assert answers_left(connection) < 60
        assert get(server, "/healthz")[0] == 200
        connection.close()
        server.terminate()
        assert server.wait() == 0


def test_imports_stay_light():
    import subprocess

    program = (
        "import sys, lepton_ai.serving.server; heavy = 'torch polars pandas sklearn onnx onnxruntime httpx2 "
        "pydantic fastapi'; print([name for name in heavy.split() if name in sys.modules])"
    )
    found = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=20
    )
    assert found.stdout.strip() == "[]"
