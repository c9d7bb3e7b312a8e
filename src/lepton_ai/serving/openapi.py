"""The OpenAPI 3.1 document, generated from the signatures of the models that are served."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from lepton_ai.core.types import JSON
from lepton_ai.serving.actions import ACTIONS
from lepton_ai.serving.actions.base import Description
from lepton_ai.serving.endpoint import Endpoint
from lepton_ai.serving.limits import Limits
from lepton_ai.serving.problems import PROBLEMS, type_of
from lepton_ai.version import __version__

_ANY = ("bad-request", "request-timeout", "uri-too-long", "head-too-large", "wrong-host", "internal-error")
_ASKED = (
    "invalid-json", "invalid-unicode", "duplicate-key", "json-too-deep", "client-closed", "body-too-large",
    "unsupported-media-type", "invalid-request", "not-ready", "overloaded", "deadline-exceeded",
)  # fmt: skip
_ID_HEADER = {"description": "The id of the request, as in the log.", "schema": {"type": "string"}}
_RETRY_HEADER = {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 0}}


def build_openapi(endpoints: Iterable[Endpoint], *, limits: Limits) -> bytes:
    """The document as JSON bytes.

    Args:
        endpoints: The models; each gets a path of its own with the exact schema of its rows.
        limits: Bounds that show in the schemas.
    """
    served = list(endpoints)
    schemas: JSON = dict(_SHARED_SCHEMAS)
    paths = _fixed_paths()
    for endpoint in served:
        name = endpoint.name
        paths[f"/v1/models/{name}"] = {"get": _card_operation(name)}
        for action in endpoint.actions.values():
            told = action.describe(limits)
            schemas.update((f"{name}.{part}", schema) for part, schema in told.schemas.items())
            paths[f"/v1/models/{name}/{action.name}"] = {"post": _operation(endpoint, action.name, told)}
    return msgspec.json.encode(
        {
            "openapi": "3.1.0",
            "info": {"title": "Lepton AI", "version": __version__, "description": _ABOUT},
            "tags": [{"name": tag} for tag in (*_actions_of(served), "models", "server")],
            "paths": paths,
            "components": {"schemas": schemas},
            "x-problems": [
                {"code": code, "status": one.status, "title": one.title, "advice": one.advice}
                for code, one in PROBLEMS.items()
            ],
        }
    )


_ABOUT = (
    "Predictions of the models on this server. Errors are problem documents (RFC 9457) and never repeat "
    "what was sent."
)


def _actions_of(endpoints: Sequence[Endpoint]) -> list[str]:
    """The actions that there are, in the order of their table."""
    return [name for name in ACTIONS if any(name in endpoint.actions for endpoint in endpoints)]


def _operation(endpoint: Endpoint, action: str, told: Description) -> JSON:
    """The operation of one action of one model."""
    name = endpoint.name
    example = {"model": name, "version": endpoint.manifest.version, **_shortened(told.answer_example)}
    body = {"schema": told.request, "example": told.request_example}
    return {
        "operationId": f"{action}-{name}",
        "tags": [action],
        "summary": told.summary,
        "description": told.text,
        "parameters": [_REQUEST_ID],
        "requestBody": {"required": True, "content": {"application/json": body}},
        "responses": {
            "200": _answered("The answer.", told.answer, example=example, timed=True),
            **_problem_responses((*_ASKED, *told.problems)),
        },
    }


def _shortened(value: Any) -> Any:
    """A JSON value with 4 significant digits in every number that is not whole: more are no help to read."""
    if isinstance(value, dict):
        return {name: _shortened(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_shortened(each) for each in value]
    return float(f"{value:.4g}") if isinstance(value, float) else value


def _card_operation(name: str) -> JSON:
    return {
        "operationId": f"show-{name}",
        "tags": ["models"],
        "summary": f"What {name} is: signature, labels, metrics, calibration",
        "parameters": [_REQUEST_ID],
        "responses": {"200": _answered("The model.", _ref("Model")), **_problem_responses(("not-ready",))},
    }


def _fixed_paths() -> JSON:
    healthy = _closed({"status": {"const": "ok"}})
    ready = _closed({"status": {"const": "ready"}, "models": {"type": "array", "items": {"type": "string"}}})
    listed = _closed({"models": {"type": "array", "items": _ref("ModelSummary")}})
    unnamed = _page(
        "show-model", "What one model is", _ref("Model"), ("unknown-model", "not-ready"), "models"
    )
    unnamed["parameters"] = [_REQUEST_ID, _NAME]
    return {
        "/v1/models": {
            "get": _page("list-models", "The models of this server", listed, ("not-ready",), "models")
        },
        "/v1/models/{name}": {"get": unnamed},
        "/healthz": {"get": _page("health", "Does the process live?", healthy, ())},
        "/readyz": {"get": _page("ready", "Are all models loaded and warm?", ready, ("not-ready",))},
    }


def _page(operation: str, summary: str, schema: JSON, problems: Sequence[str], tag: str = "server") -> JSON:
    return {
        "operationId": operation,
        "tags": [tag],
        "summary": summary,
        "parameters": [_REQUEST_ID],
        "responses": {"200": _answered("Yes.", schema), **_problem_responses(problems)},
    }


def _answered(description: str, schema: JSON, *, example: Any = None, timed: bool = False) -> JSON:
    content = {"schema": schema} if example is None else {"schema": schema, "example": example}
    headers: JSON = {"X-Request-Id": _ID_HEADER}
    if timed:
        headers["Server-Timing"] = {"description": "Milliseconds by stage.", "schema": {"type": "string"}}
    return {"description": description, "headers": headers, "content": {"application/json": content}}


def _problem_responses(codes: Sequence[str]) -> JSON:
    """One response a status; the problems that share it are told in its description and examples."""
    by_status: dict[int, list[str]] = {}
    for code in (*codes, *_ANY):
        by_status.setdefault(PROBLEMS[code].status, []).append(code)
    return {str(status): _problem_response(status, by_status[status]) for status in sorted(by_status)}


def _problem_response(status: int, codes: Sequence[str]) -> JSON:
    headers: JSON = {"X-Request-Id": _ID_HEADER}
    if status == 503:
        headers["Retry-After"] = _RETRY_HEADER
    return {
        "description": "; ".join(f"{PROBLEMS[code].title} (`{code}`)" for code in codes),
        "headers": headers,
        "content": {
            "application/problem+json": {
                "schema": _ref("Problem"),
                "examples": {code: {"value": _example_problem(code)} for code in codes},
            }
        },
    }


def _example_problem(code: str) -> JSON:
    problem = PROBLEMS[code]
    return {
        "type": type_of(code),
        "title": problem.title,
        "status": problem.status,
        "detail": problem.advice,
        "code": code,
        "request_id": "019ab5f2-7c1e-7d3a-9c55-2f1b6a0e4d76",
    }


def _ref(name: str) -> JSON:
    return {"$ref": f"#/components/schemas/{name}"}


def _closed(properties: JSON) -> JSON:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


_REQUEST_ID: JSON = {
    "name": "X-Request-Id",
    "in": "header",
    "description": "An id of your own for this request: 1 to 128 letters, digits, dots, underscores and "
    "hyphens. Anything else is replaced.",
    "schema": {"type": "string"},
}
_NAME: JSON = {
    "name": "name",
    "in": "path",
    "required": True,
    "description": "Name of a model.",
    "schema": {"type": "string", "minLength": 1},
}
_SUMMARY: JSON = {
    "name": {"type": "string"},
    "task": {"type": "string"},
    "version": {"type": "integer", "minimum": 0},
    "description": {"type": "string"},
    "metrics": {"type": "object", "description": "Scores on held-out data."},
}
_SHARED_SCHEMAS: JSON = {
    "ModelSummary": _closed(_SUMMARY),
    "Model": _closed(
        {
            **_SUMMARY,
            "created": {"type": "string"},
            "labels": {"type": ["array", "null"], "items": {"type": "string"}},
            "signature": {"type": "object"},
            "calibration": {"type": "object"},
        }
    ),
    "Problem": {
        "type": "object",
        "description": "RFC 9457. Match on `code` or `type`; the words may change.",
        "properties": {
            "type": {"type": "string", "format": "uri-reference"},
            "title": {"type": "string"},
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": {"type": "string"},
            "code": {"type": "string", "enum": list(PROBLEMS)},
            "request_id": {"type": "string"},
            "errors": {
                "type": "array",
                "description": "What is wrong where; the first 20.",
                "items": _closed({"pointer": {"type": "string"}, "detail": {"type": "string"}}),
            },
            "error_count": {"type": "integer", "minimum": 1},
            "known": {"type": "array", "items": {"type": "string"}},
            "limit": {"type": "integer"},
        },
        "required": ["type", "title", "status", "detail", "code"],
        "additionalProperties": False,
    },
}
