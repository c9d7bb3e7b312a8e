"""The OpenAPI 3.1 document, generated from the signatures of the models that are served."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from lepton_ai.core.types import JSON
from lepton_ai.serving.endpoint import Endpoint
from lepton_ai.serving.limits import Limits
from lepton_ai.serving.problems import PROBLEMS, type_of
from lepton_ai.version import __version__

_ANY = ("bad-request", "request-timeout", "uri-too-long", "head-too-large", "wrong-host", "internal-error")
_PREDICT = (
    "invalid-json", "invalid-unicode", "duplicate-key", "json-too-deep", "client-closed", "body-too-large",
    "unsupported-media-type", "invalid-request", "too-many-rows", "not-ready", "overloaded",
    "deadline-exceeded",
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
        schemas[f"{name}.Row"] = {"title": f"Row of {name}", **endpoint.row_schema}
        schemas[f"{name}.Answer"] = _answer_schema(endpoint)
        paths[f"/v1/models/{name}"] = {"get": _card_operation(name)}
        paths[f"/v1/models/{name}/predict"] = {"post": _predict_operation(endpoint, limits)}
    return msgspec.json.encode(
        {
            "openapi": "3.1.0",
            "info": {"title": "Lepton AI", "version": __version__, "description": _ABOUT},
            "tags": [{"name": "predict"}, {"name": "models"}, {"name": "server"}],
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


def _answer_schema(endpoint: Endpoint) -> JSON:
    answer = endpoint.answer_schema
    own = {"type": "string", "format": "uuid", "description": "Unique id of the prediction; sorts by time."}
    return {
        **answer,
        "title": f"Answer of {endpoint.name}",
        "properties": {"id": own, **answer.get("properties", {})},
        "required": ["id", *answer.get("required", [])],
    }


def _predict_operation(endpoint: Endpoint, limits: Limits) -> JSON:
    name, version = endpoint.name, endpoint.manifest.version
    rows = {"type": "array", "items": _ref(f"{name}.Row"), "minItems": 1, "maxItems": limits.max_rows}
    answer = {"id": "019ab5f2-7c1e-7d3a-9c55-2f1b6a0e4d77", **endpoint.example_answer}
    result: JSON = {
        "type": "object",
        "properties": {
            "model": {"const": name},
            "version": {"type": "integer", "minimum": 0},
            "predictions": {"type": "array", "items": _ref(f"{name}.Answer"), "minItems": 1},
        },
        "required": ["model", "version", "predictions"],
        "additionalProperties": False,
    }
    example = {"model": name, "version": version, "predictions": [answer]}
    return {
        "operationId": f"predict-{name}",
        "tags": ["predict"],
        "summary": endpoint.manifest.description or f"Ask {name}",
        "description": f"At most {limits.max_rows} rows and {limits.max_body_bytes} bytes. "
        "The answers come in the order of the rows.",
        "parameters": [_REQUEST_ID],
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {
                        "type": "object",
                        "properties": {"rows": rows},
                        "required": ["rows"],
                        "additionalProperties": False,
                    },
                    "example": {"rows": [endpoint.example_row]},
                }
            },
        },
        "responses": {
            "200": _answered("One answer a row.", result, example=example, timed=True),
            **_problem_responses(_PREDICT),
        },
    }


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
