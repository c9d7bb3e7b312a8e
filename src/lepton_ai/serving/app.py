"""The ASGI application: routes, order of checks, and what becomes of an error."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from enum import Enum
from functools import partial
from http import HTTPStatus
from time import perf_counter
from typing import Any, TypeAlias

import msgspec

from lepton_ai.core.errors import InputError
from lepton_ai.core.types import JSON
from lepton_ai.serving.actions import ACTIONS, Action, Asked
from lepton_ai.serving.asgi import BodyBudget, Message, Receive, Reply, Request, Scope, Send, overloaded
from lepton_ai.serving.docs_page import docs_reply
from lepton_ai.serving.endpoint import Endpoint
from lepton_ai.serving.events import EventLog
from lepton_ai.serving.ids import IdSource
from lepton_ai.serving.limits import Limits
from lepton_ai.serving.model import Model
from lepton_ai.serving.openapi import build_openapi
from lepton_ai.serving.pool import Pool, PoolFullError
from lepton_ai.serving.problems import ProblemError

Page: TypeAlias = Callable[[], Reply]

_MODELS = "/v1/models"
_READ = ("GET", "HEAD")


class State(Enum):
    """The life of a server, in order."""

    STARTING = "starting"
    READY = "ready"
    DRAINING = "draining"


class App:
    """An ASGI application that answers for some models.

    It starts in `State.STARTING`, answers /healthz at once, and takes predictions from `install` on.

    Args:
        names: The models that will be served.
        limits: Bounds on what is taken on.
        hosts: Host names (without port, lower case) it answers for; None for any. Keeps web pages from
            reaching a server on loopback through a name of their own (DNS rebinding).
        log: Takes access lines and failures.
    """

    def __init__(
        self,
        names: Iterable[str],
        *,
        limits: Limits | None = None,
        hosts: Iterable[str] | None = None,
        log: EventLog | None = None,
    ) -> None:
        self.state = State.STARTING
        self.limits = limits or Limits()
        self.log = log or EventLog()
        self._names = sorted(names)
        self._hosts = None if hosts is None else frozenset(hosts)
        self._endpoints: dict[str, Endpoint] = {}
        self._ids = IdSource()
        self._budget = BodyBudget(self.limits.max_buffered_bytes, retry_after=self.limits.retry_after)
        self._pool = Pool(workers=self.limits.max_concurrency, waiting=self.limits.max_waiting)
        self._openapi = b""
        self._pages: dict[str, Page] = {
            "/": lambda: Reply(b"", status=307, headers=((b"location", b"/docs"),)),
            "/docs": docs_reply,
            "/favicon.ico": lambda: Reply(b"", status=HTTPStatus.NO_CONTENT),
            "/healthz": partial(_json, {"status": "ok"}),
            "/readyz": self._readyz,
            "/openapi.json": self._openapi_page,
            _MODELS: self._list,
        }

    def install(self, models: Mapping[str, Model]) -> None:
        """Serve these models from now on; each is warmed up first. May be called from any thread."""
        most = self.limits.max_rows
        endpoints = {name: Endpoint(name, model, max_rows=most) for name, model in sorted(models.items())}
        for endpoint in endpoints.values():
            endpoint.warm_up()
        self._openapi = build_openapi(endpoints.values(), limits=self.limits)
        self._endpoints = endpoints
        self._names = list(endpoints)
        if self.state is State.STARTING:
            self.state = State.READY

    def drain(self) -> None:
        """Say no to /readyz from now on; what still arrives on open connections is answered."""
        self.state = State.DRAINING

    def close(self) -> None:
        """Drop the work that waits for a thread."""
        self._pool.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI entry."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            await self._serve(Request(scope, receive), send, self._route)

    async def refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        """An ASGI entry that answers 503, for connections over the bound."""
        if scope["type"] == "http":
            await self._serve(Request(scope, receive), send, self._too_many)

    async def _too_many(self, _: Request) -> Reply:
        raise overloaded(self.limits.retry_after)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message: Message = await receive()
            if message["type"] == "lifespan.shutdown":
                self.close()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return

    async def _serve(
        self, request: Request, send: Send, route: Callable[[Request], Awaitable[Reply]]
    ) -> None:
        if not request.id:
            request.id = self._ids.take(1)[0]
        try:
            reply = await route(request)
        except ProblemError as error:
            reply = Reply.of_problem(error, request.id)
        except Exception as error:
            self.log.failure("failure", error, request_id=request.id, model=request.model)
            unexpected = ProblemError("internal-error", "The server failed to answer this request.")
            reply = Reply.of_problem(unexpected, request.id)
        finally:
            self._budget.left += request.buffered
        await request.answer(reply, send)
        self.log.event(
            "request",
            request_id=request.id,
            method=request.method if request.method in _LOGGED_METHODS else "other",
            route=self._route_name(request),
            status=reply.status,
            ms=round((perf_counter() - request.started) * 1000, 3),
            model=request.model,
            rows=request.rows,
            bytes_in=request.buffered or None,
            bytes_out=len(reply.body),
        )

    def _route_name(self, request: Request) -> str | None:
        """The route for the log; the path itself is the client's and stays out of it."""
        if request.action is not None:
            return f"{_MODELS}/{{name}}/{request.action}"
        if request.model is not None:
            return f"{_MODELS}/{{name}}"
        return request.path if request.path in self._pages else None

    async def _route(self, request: Request) -> Reply:
        self._check_host(request)
        page = self._pages.get(request.path)
        if page is not None:
            _check_method(request, _READ)
            return page()
        parts = request.path.split("/")
        if request.path.startswith(f"{_MODELS}/") and parts[3]:
            if len(parts) == 4:
                _check_method(request, _READ)
                return _json(self._endpoint(request, parts[3]).card())
            if len(parts) == 5 and parts[4] in ACTIONS:
                _check_method(request, ("POST",))
                endpoint = self._endpoint(request, parts[3])
                request.action = parts[4]
                return await self._act(request, endpoint.action(parts[4]))
        raise ProblemError("unknown-path", "No route of this server has this path.")

    def _check_host(self, request: Request) -> None:
        if self._hosts is None:
            return
        host = request.headers.get(b"host", b"").decode("latin-1").lower()
        name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
        if name.strip("[]") not in self._hosts:
            raise ProblemError("wrong-host", "The Host header names none of the hosts of this server.")

    def _endpoint(self, request: Request, name: str) -> Endpoint:
        endpoint = self._endpoints.get(name)
        if endpoint is None:
            if name in self._names:
                raise self._starting()
            raise ProblemError("unknown-model", "This server has no model of that name.", known=self._names)
        request.model = name
        return endpoint

    def _starting(self) -> ProblemError:
        headers = ((b"retry-after", b"%d" % self.limits.retry_after),)
        return ProblemError("not-ready", "The models are still being loaded.", headers=headers)

    async def _act(self, request: Request, action: Action) -> Reply:
        request.check_is_json()
        limits = self.limits
        body = await request.read_body(
            limit=limits.max_body_bytes, timeout=limits.body_timeout, budget=self._budget
        )
        request.mark("read")
        asked = action.parse(body)
        request.rows = asked.rows
        request.mark("check")
        small = asked.cost <= limits.inline_rows and len(body) <= limits.inline_bytes
        try:
            answers = action.answer(asked) if small else await self._in_thread(request, action, asked)
        except InputError as error:
            # The signature let the rows pass and the model did not. Its message names row and field only.
            raise ProblemError("invalid-request", error.message) from None
        request.mark(action.name)
        return Reply(action.reply(answers, self._ids.take(asked.rows)))

    async def _in_thread(self, request: Request, action: Action, asked: Asked) -> list[JSON]:
        """The answers, given by a thread; gives up at the deadline or when the client is gone."""
        try:
            job = self._pool.submit(partial(action.answer, asked))
        except PoolFullError:
            raise overloaded(self.limits.retry_after) from None
        work = asyncio.wrap_future(job)
        work.add_done_callback(_retrieve)
        gone = asyncio.ensure_future(request.gone())
        try:
            either: set[asyncio.Future[Any]] = {work, gone}
            await asyncio.wait(either, timeout=self._left(request), return_when=asyncio.FIRST_COMPLETED)
            if gone.done() and job.cancel():
                raise ProblemError("client-closed", "The connection closed before the rows had their turn.")
            if not work.done():
                await asyncio.wait({work}, timeout=self._left(request))
            if not work.done():
                raise ProblemError("deadline-exceeded", f"No answer within {self.limits.deadline:g} seconds.")
            return work.result()
        finally:
            gone.cancel()
            work.cancel()

    def _left(self, request: Request) -> float:
        return max(0.0, request.started + self.limits.deadline - perf_counter())

    def _readyz(self) -> Reply:
        if self.state is State.READY:
            return _json({"status": self.state.value, "models": self._names})
        headers = ((b"retry-after", b"%d" % self.limits.retry_after),)
        raise ProblemError("not-ready", f"The server is {self.state.value}.", headers=headers)

    def _list(self) -> Reply:
        if self.state is State.STARTING:
            raise self._starting()
        return _json({"models": [endpoint.summary() for endpoint in self._endpoints.values()]})

    def _openapi_page(self) -> Reply:
        if self.state is State.STARTING:
            raise self._starting()
        return Reply(self._openapi)


_LOGGED_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def create_app(
    models: Mapping[str, Model],
    *,
    limits: Limits | None = None,
    hosts: Iterable[str] | None = None,
    log: EventLog | None = None,
) -> App:
    """An ASGI application for models that are open already; see `App` for the arguments."""
    app = App(models, limits=limits, hosts=hosts, log=log)
    app.install(models)
    return app


def _json(content: JSON) -> Reply:
    return Reply(msgspec.json.encode(content), status=HTTPStatus.OK)


def _check_method(request: Request, allowed: tuple[str, ...]) -> None:
    if request.method not in allowed:
        names = ", ".join(allowed)
        raise ProblemError(
            "method-not-allowed", f"The path takes {names}.", headers=((b"allow", names.encode("ascii")),)
        )


def _retrieve(work: asyncio.Future[list[JSON]]) -> None:
    """Look at the outcome, which asyncio complains about when nobody does."""
    if not work.cancelled():
        work.exception()
