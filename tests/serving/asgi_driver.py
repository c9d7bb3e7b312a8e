"""Calls an ASGI application directly, message by message."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass

PREDICT = "/v1/models/support/predict"
JSON = (b"content-type", b"application/json")


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)


class Call:
    """One request; `feed` adds body parts, `result` waits for the answer."""

    def __init__(self, app, method, path, *, headers=(JSON,), parts=(b"",), end=True):
        self.events = asyncio.Queue()
        self.sent = []
        for index, part in enumerate(parts):
            more = not end or index + 1 < len(parts)
            self.events.put_nowait({"type": "http.request", "body": part, "more_body": more})
        length = () if any(name == b"content-length" for name, _ in headers) else _length(parts, end)
        scope = {"type": "http", "method": method, "path": path, "headers": [*headers, *length]}
        self.task = asyncio.ensure_future(app(scope, self.events.get, self._send))

    async def _send(self, message):
        self.sent.append(message)

    def disconnect(self):
        self.events.put_nowait({"type": "http.disconnect"})

    async def result(self):
        await asyncio.wait_for(self.task, 20)
        head, *rest = self.sent
        headers = {name.decode(): value.decode() for name, value in head["headers"]}
        body = b"".join(part["body"] for part in rest)
        assert int(headers.get("content-length", 0)) == len(body)
        assert not rest[-1]["more_body"]
        return Answer(head["status"], headers, body)


def _length(parts, end):
    if not end:
        return ((b"transfer-encoding", b"chunked"),)
    size = sum(map(len, parts))
    return ((b"content-length", b"%d" % size),) if size else ()


async def ask(app, method, path, **arguments):
    return await Call(app, method, path, **arguments).result()


def request(app, method, path, **arguments):
    return asyncio.run(ask(app, method, path, **arguments))


def predict(app, content, **arguments):
    body = content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=False).encode()
    return request(app, "POST", PREDICT, parts=(body,), **arguments)
