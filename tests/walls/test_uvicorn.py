"""What `serving/protocol.py` and `serving/server.py` rely on inside uvicorn, which promises none of it."""

from __future__ import annotations

import asyncio
import inspect
import tomllib
from importlib.metadata import version

import pytest
import uvicorn
from source import ROOT
from uvicorn.protocols.http import httptools_impl
from uvicorn.server import ServerState

CONNECTION = {
    "app", "connection_lost", "connection_made", "connections", "cycle", "data_received", "loop",
    "on_header", "on_headers_complete", "on_message_begin", "on_response_complete", "on_url", "pause_writing",
    "pipeline", "send_400_response", "timeout_keep_alive", "timeout_keep_alive_handler", "transport", "url",
}  # fmt: skip
CYCLE = {
    "disconnected", "keep_alive", "message_event", "more_body", "response_complete", "response_started",
    "transport",
}  # fmt: skip
SERVER = {
    "capture_signals", "config", "force_exit", "handle_exit", "serve", "server_state", "should_exit",
    "startup",
}  # fmt: skip


def config():
    return uvicorn.Config(lambda scope, receive, send: None, lifespan="off")


async def connection():
    """A connection that has begun to read a request, as uvicorn makes it."""
    made = httptools_impl.HttpToolsProtocol(config(), ServerState(), {})
    made.on_message_begin()
    return made


def cycle():
    arguments = inspect.signature(httptools_impl.RequestResponseCycle).parameters
    return httptools_impl.RequestResponseCycle(**dict.fromkeys(arguments))


@pytest.mark.parametrize(
    ("make", "needed"),
    [
        (lambda: asyncio.run(connection()), CONNECTION),
        (cycle, CYCLE),
        (lambda: uvicorn.Server(config()), SERVER),
        (config, {"get_loop_factory"}),
        (lambda: httptools_impl, {"STATUS_LINE"}),
    ],
    ids=["connection", "cycle", "server", "config", "module"],
)
def test_what_is_relied_on_is_there(make, needed):
    missing = sorted(needed - set(dir(make())))
    assert not missing, (
        f"uvicorn {version('uvicorn')} lacks {missing}, which lepton_ai.serving relies on: "
        "adapt protocol.py and server.py before the bound of uvicorn in pyproject.toml is raised"
    )


def test_uvicorn_is_bound_to_the_minor_release_that_was_tested():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (bounds,) = [line for line in project["dependencies"] if line.startswith("uvicorn")]
    major, minor = map(int, version("uvicorn").split(".")[:2])
    assert bounds == f"uvicorn>={major}.{minor},<{major}.{minor + 1}"
