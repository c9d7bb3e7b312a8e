"""A small typed client of the server: `Client`, and `AsyncClient` for asyncio."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self, TypeAlias, TypeVar
from urllib.parse import quote

import httpx2
import msgspec

from lepton_ai.core.errors import LeptonError
from lepton_ai.core.types import JSON, Cell
from lepton_ai.serving.answers import (
    ModelCard,
    ModelSummary,
    Prediction,
    Reason,
    Recommendations,
    RecommendedItem,
)

__all__ = [
    "DEFAULT_URL",
    "AsyncClient",
    "Client",
    "ModelCard",
    "ModelSummary",
    "Prediction",
    "Reason",
    "Recommendations",
    "RecommendedItem",
    "ServiceError",
]

T = TypeVar("T")

Outcome: TypeAlias = httpx2.Response | httpx2.TransportError

DEFAULT_URL = "http://127.0.0.1:8000"
_MAX_PAUSE = 30.0


class _Predictions(msgspec.Struct):
    predictions: list[Prediction]


class _Answers(msgspec.Struct):
    predictions: list[JSON]


class _Similar(msgspec.Struct):
    items: list[RecommendedItem]


class _Models(msgspec.Struct):
    models: list[ModelSummary]


class ServiceError(LeptonError):
    """The server refused, or could not be reached.

    Args:
        message: What failed.
        hint: What to do about it.
        problem: The problem document (RFC 9457); empty when there was none.
        http_status: The HTTP status; 0 when there was no answer.
    """

    code = "service"
    exit_code = 9
    status = 502

    def __init__(
        self, message: str, *, hint: str | None = None, problem: JSON | None = None, http_status: int = 0
    ) -> None:
        super().__init__(message, hint=hint)
        self.problem: JSON = problem or {}
        self.http_status = http_status

    @property
    def problem_code(self) -> str:
        """The problem's name, such as "too-many-rows"; empty when there was none."""
        return str(self.problem.get("code", ""))


class _Settings:
    """What both clients share: how requests are made, and what their outcomes mean."""

    def __init__(self, url: str, timeout: float, retries: int) -> None:
        self.url = url.rstrip("/")
        self.retries = retries
        self.arguments: dict[str, Any] = {
            "base_url": self.url,
            "timeout": httpx2.Timeout(timeout, connect=min(timeout, 5.0)),
            "headers": {"accept": "application/json, application/problem+json"},
        }

    def pause(self, outcome: Outcome, attempt: int, *, safe: bool) -> float | None:
        """Seconds to wait before the next attempt, or None when there is to be none.

        A request that never reached the server, or that it refused with 503 and Retry-After, is tried
        again; one whose connection broke later only if it is `safe` (reads nothing twice).
        """
        if attempt >= self.retries:
            return None
        if isinstance(outcome, httpx2.TransportError):
            again = isinstance(outcome, httpx2.ConnectError | httpx2.ConnectTimeout) or safe
            return min(0.1 * 2**attempt, 2.0) if again else None
        wait = outcome.headers.get("retry-after", "")
        if outcome.status_code != 503 or not (wait.isascii() and wait.isdigit()):
            return None
        return min(float(wait), _MAX_PAUSE)

    def unreachable(self, error: httpx2.TransportError) -> ServiceError:
        """The error for a request without an answer."""
        return ServiceError(
            f"No answer from {self.url} ({type(error).__name__}).", hint="Is the server running there?"
        )


def _read(response: httpx2.Response, kind: type[T]) -> T:
    """The body of a good answer, or the refusal as an error."""
    if response.status_code == 200:
        try:
            return msgspec.json.decode(response.content, type=kind)
        except msgspec.DecodeError as error:
            message = f"The answer is not as this client knows it ({error})."
            raise ServiceError(
                message, hint="Do client and server have one release?", http_status=200
            ) from None
    try:
        problem = msgspec.json.decode(response.content, type=dict[str, Any])
    except msgspec.DecodeError:
        problem = {}
    title = problem.get("title", "The server refused the request")
    details = [str(problem.get("detail", ""))]
    details += [f"{one['pointer']}: {one['detail']}" for one in problem.get("errors", [])[:3]]
    raise ServiceError(
        f"{title} (HTTP {response.status_code}).",
        hint=" ".join(filter(None, details)) or None,
        problem=problem,
        http_status=response.status_code,
    )


def _path(name: str, action: str = "") -> str:
    return f"/v1/models/{quote(name, safe='')}{action and '/'}{action}"


def _rows(rows: Sequence[Mapping[str, Cell]]) -> bytes:
    return msgspec.json.encode({"rows": [dict(row) for row in rows]})


def _given(**fields: Any) -> bytes:
    """A body with the fields that are not None."""
    return msgspec.json.encode({name: value for name, value in fields.items() if value is not None})


_JSON_HEADERS = {"content-type": "application/json"}


class Client:
    """Asks a Lepton AI server. Close it, or use it as a context manager.

    Args:
        url: Where the server is, such as "http://127.0.0.1:8000".
        timeout: Seconds that any step of a request (connect, send, receive) may take.
        retries: Further attempts after a 503 with Retry-After or a connection that failed.

    Example:
        >>> with Client("http://127.0.0.1:8000") as client:  # doctest: +SKIP
        ...     answer = client.predict("support", [{"message": "Where is my parcel?"}])[0]
        ...     print(answer.label, answer.score)
    """

    def __init__(self, url: str = DEFAULT_URL, *, timeout: float = 30.0, retries: int = 2) -> None:
        self._settings = _Settings(url, timeout, retries)
        self._http = httpx2.Client(**self._settings.arguments)

    def predict(self, name: str, rows: Sequence[Mapping[str, Cell]]) -> list[Prediction]:
        """One prediction a row, in order.

        Raises:
            ServiceError: The server refused or could not be reached.
        """
        return _read(self._send("POST", _path(name, "predict"), _rows(rows)), _Predictions).predictions

    def answers(self, name: str, rows: Sequence[Mapping[str, Cell]]) -> list[JSON]:
        """One answer a row as plain JSON, in order, whatever the model is for."""
        return _read(self._send("POST", _path(name, "predict"), _rows(rows)), _Answers).predictions

    def recommend(
        self,
        name: str,
        *,
        user: str | float | None = None,
        history: Sequence[str | float] | None = None,
        features: Mapping[str, Cell] | None = None,
        k: int | None = None,
        **options: Any,
    ) -> Recommendations:
        """Items for a user, for a history (oldest first), or for both: the history is then what is new.

        Args:
            name: The model.
            user: Id of a user.
            history: Ids of items.
            features: What is known of the user.
            k: How many items; 10 by default.
            options: `exclude_seen`, `diversity`, `allow`, `deny`, `categories`, `exclude_categories`,
                `max_per_category`, `recency`, `in_stock`.

        Raises:
            ServiceError: The server refused or could not be reached, or the model does not recommend.
        """
        body = _given(user=user, history=history, features=features, k=k, **options)
        return _read(self._send("POST", _path(name, "recommend"), body), Recommendations)

    def similar_items(self, name: str, item: str | float, *, k: int | None = None) -> list[RecommendedItem]:
        """The items most like one, without reasons.

        Raises:
            ServiceError: The server refused or could not be reached, or the catalogue has no such item.
        """
        body = _given(item=item, k=k)
        return _read(self._send("POST", _path(name, "similar"), body), _Similar).items

    def models(self) -> list[ModelSummary]:
        """The models of the server."""
        return _read(self._send("GET", "/v1/models"), _Models).models

    def model(self, name: str) -> ModelCard:
        """All that one model says of itself."""
        return _read(self._send("GET", _path(name)), ModelCard)

    def health(self) -> bool:
        """Does the server's process live? Asks once and never raises for a server that is not there."""
        return self._is_well("/healthz")

    def ready(self) -> bool:
        """Does the server take predictions? Asks once and never raises for a server that is not there."""
        return self._is_well("/readyz")

    def _is_well(self, path: str) -> bool:
        try:
            return self._http.get(path).status_code == 200
        except httpx2.TransportError:
            return False

    def _send(self, method: str, path: str, body: bytes | None = None) -> httpx2.Response:
        attempt = 0
        while True:
            outcome: Outcome
            try:
                outcome = self._http.request(
                    method, path, content=body, headers=_JSON_HEADERS if body else None
                )
            except httpx2.TransportError as error:
                outcome = error
            pause = self._settings.pause(outcome, attempt, safe=body is None)
            if pause is None:
                break
            time.sleep(pause)
            attempt += 1
        if isinstance(outcome, httpx2.TransportError):
            raise self._settings.unreachable(outcome) from outcome
        return outcome

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class AsyncClient:
    """`Client` for asyncio: the same methods, awaited. Close it, or use it with `async with`."""

    def __init__(self, url: str = DEFAULT_URL, *, timeout: float = 30.0, retries: int = 2) -> None:
        self._settings = _Settings(url, timeout, retries)
        self._http = httpx2.AsyncClient(**self._settings.arguments)

    async def predict(self, name: str, rows: Sequence[Mapping[str, Cell]]) -> list[Prediction]:
        """As `Client.predict`."""
        answer = await self._send("POST", _path(name, "predict"), _rows(rows))
        return _read(answer, _Predictions).predictions

    async def answers(self, name: str, rows: Sequence[Mapping[str, Cell]]) -> list[JSON]:
        """As `Client.answers`."""
        return _read(await self._send("POST", _path(name, "predict"), _rows(rows)), _Answers).predictions

    async def recommend(
        self,
        name: str,
        *,
        user: str | float | None = None,
        history: Sequence[str | float] | None = None,
        features: Mapping[str, Cell] | None = None,
        k: int | None = None,
        **options: Any,
    ) -> Recommendations:
        """As `Client.recommend`."""
        body = _given(user=user, history=history, features=features, k=k, **options)
        return _read(await self._send("POST", _path(name, "recommend"), body), Recommendations)

    async def similar_items(
        self, name: str, item: str | float, *, k: int | None = None
    ) -> list[RecommendedItem]:
        """As `Client.similar_items`."""
        answer = await self._send("POST", _path(name, "similar"), _given(item=item, k=k))
        return _read(answer, _Similar).items

    async def models(self) -> list[ModelSummary]:
        """As `Client.models`."""
        return _read(await self._send("GET", "/v1/models"), _Models).models

    async def model(self, name: str) -> ModelCard:
        """As `Client.model`."""
        return _read(await self._send("GET", _path(name)), ModelCard)

    async def health(self) -> bool:
        """As `Client.health`."""
        return await self._is_well("/healthz")

    async def ready(self) -> bool:
        """As `Client.ready`."""
        return await self._is_well("/readyz")

    async def _is_well(self, path: str) -> bool:
        try:
            return (await self._http.get(path)).status_code == 200
        except httpx2.TransportError:
            return False

    async def _send(self, method: str, path: str, body: bytes | None = None) -> httpx2.Response:
        attempt = 0
        while True:
            outcome: Outcome
            try:
                headers = _JSON_HEADERS if body else None
                outcome = await self._http.request(method, path, content=body, headers=headers)
            except httpx2.TransportError as error:
                outcome = error
            pause = self._settings.pause(outcome, attempt, safe=body is None)
            if pause is None:
                break
            await asyncio.sleep(pause)
            attempt += 1
        if isinstance(outcome, httpx2.TransportError):
            raise self._settings.unreachable(outcome) from outcome
        return outcome

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()
