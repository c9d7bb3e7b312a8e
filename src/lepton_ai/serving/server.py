"""A server process: bind, answer /healthz, load, answer, drain, stop."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import signal
import socket
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from time import perf_counter
from types import FrameType

import uvicorn

from lepton_ai.core.errors import LeptonError, UsageError
from lepton_ai.serving.app import App
from lepton_ai.serving.events import EventLog
from lepton_ai.serving.limits import Limits
from lepton_ai.serving.model import Loader
from lepton_ai.serving.protocol import for_app

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8000
_BACKLOG = 1024
_LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")


class AddressError(LeptonError):
    """The address to listen on cannot be had."""

    code = "address"
    exit_code = 8
    status = 500


def run_server(
    loaders: Mapping[str, Loader],
    *,
    host: str = DEFAULT_HOST,
    port: int = DEFAULT_PORT,
    limits: Limits | None = None,
    grace: float = 20.0,
    allow_public: bool = False,
    trusted_hosts: Iterable[str] = (),
    log: EventLog | None = None,
    on_listening: Callable[[str], None] | None = None,
    on_ready: Callable[[str], None] | None = None,
) -> None:
    """Serve models until SIGTERM or SIGINT, then drain and return.

    The port is bound and /healthz answers before the models are loaded; until they are, /readyz and the
    models answer 503 with Retry-After. Run it in the main thread.

    Args:
        loaders: What opens each model, by the name it is served under.
        host: Name or address to listen on.
        port: Port to listen on; 0 picks a free one.
        limits: Bounds on what is taken on.
        grace: Seconds that running requests have to end after a signal.
        allow_public: Listen on an address that other machines reach, although nothing asks for keys.
        trusted_hosts: Further host names to answer for when listening on loopback, such as that of a
            proxy which passes the Host header on.
        log: Takes the server's events; standard error when None.
        on_listening: Called with the base URL once connections are taken.
        on_ready: Called with the base URL once all models are loaded and warm.

    Raises:
        AddressError: The host has no address, or the port is taken or not allowed.
        UsageError: The host is not loopback and `allow_public` is not set.
        LeptonError: A model could not be opened.
    """
    log = log or EventLog()
    with bind(host, port, allow_public=allow_public) as listener:
        public = not _is_loopback(listener.getsockname()[0])
        hosts = (
            None if public else {*_LOOPBACK_NAMES, host.lower(), *(name.lower() for name in trusted_hosts)}
        )
        app = App(loaders, limits=limits, hosts=hosts, log=log)
        url = _url(listener)

        def listening() -> None:
            log.event("listening", url=url)
            if on_listening is not None:
                on_listening(url)

        def ready(seconds: float) -> None:
            log.event("ready", models=sorted(loaders), seconds=round(seconds, 3))
            if on_ready is not None:
                on_ready(url)

        server = _Server(app, loaders, grace=grace, listening=listening, ready=ready)
        _run(server, listener)
    if server.failure is not None:
        raise server.failure
    log.event("stopped")


def bind(host: str, port: int, *, allow_public: bool = False) -> socket.socket:
    """A listening socket.

    Raises:
        AddressError: The host has no address, or the port is taken or not allowed.
        UsageError: The address is not loopback and `allow_public` is not set.
    """
    if not 0 <= port <= 65535:
        raise UsageError(f"The port {port} does not exist.", hint="Ports go from 0 (any free one) to 65535.")
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        raise AddressError(f"The host {host!r} has no address ({error}).", hint="Use 127.0.0.1.") from None
    family, _, _, _, address = min(found, key=lambda one: one[0] != socket.AF_INET)
    if not allow_public and not _is_loopback(str(address[0])):
        raise UsageError(
            f"The host {host!r} can be reached from other machines, and this release has no keys yet: "
            "anyone there could use the models.",
            hint="Listen on 127.0.0.1 behind a proxy that asks for credentials, or allow it "
            "explicitly (allow_public) on a network you trust.",
        )
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        # Two sockets may bind one port with SO_REUSEADDR; only the first may listen on it.
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise AddressError(
            f"Cannot listen on {host} port {port}: {error.strerror}.",
            hint="Stop what uses the port, choose another, or use 0 for any free one.",
        ) from None
    return listener


class _Server(uvicorn.Server):
    """uvicorn's server with loading after binding, and an orderly end with exit code 0."""

    def __init__(
        self,
        app: App,
        loaders: Mapping[str, Loader],
        *,
        grace: float,
        listening: Callable[[], None],
        ready: Callable[[float], None],
    ) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=for_app(app),
                ws="none",
                lifespan="on",
                interface="asgi3",
                log_config=None,
                log_level="critical",
                access_log=False,
                proxy_headers=False,
                server_header=False,
                workers=1,
                backlog=_BACKLOG,
                timeout_keep_alive=app.limits.keep_alive,  # type: ignore[arg-type]
                timeout_graceful_shutdown=grace,  # type: ignore[arg-type]
            )
        )
        self.failure: BaseException | None = None
        self._app = app
        self._loaders = loaders
        self._listening = listening
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Take connections, then start loading."""
        await super().startup(sockets=sockets)
        self._listening()
        self._loading = asyncio.ensure_future(asyncio.to_thread(self._load))
        self._loading.add_done_callback(self._loaded)

    def _load(self) -> float:
        started = perf_counter()
        self._app.install({name: load() for name, load in self._loaders.items()})
        return perf_counter() - started

    def _loaded(self, loading: asyncio.Future[float]) -> None:
        if loading.cancelled() or self.should_exit:
            return
        self.failure = loading.exception()
        if self.failure is None:
            self._ready(loading.result())
        else:
            self._stop("load-failed")

    def _stop(self, reason: str) -> None:
        if not self.should_exit:
            self._app.drain()
            self._app.log.event("draining", reason=reason, connections=len(self.server_state.connections))
        self.should_exit = True

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Drain at the first signal; stop without waiting at the second."""
        if self.should_exit:
            self.force_exit = True
        self._stop(signal.Signals(sig).name)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Handle signals while serving. uvicorn would raise them again afterwards and so exit with 143."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        handlers = {one: signal.signal(one, self.handle_exit) for one in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for one, handler in handlers.items():
                signal.signal(one, handler)


def _run(server: _Server, listener: socket.socket) -> None:
    with asyncio.Runner(loop_factory=server.config.get_loop_factory()) as runner:
        runner.run(server.serve(sockets=[listener]))


def _is_loopback(address: str) -> bool:
    return ipaddress.ip_address(address.partition("%")[0]).is_loopback


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
