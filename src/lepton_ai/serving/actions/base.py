"""What every action of a model is: a request body in, answers out, and what OpenAPI says of both."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple, Self

import msgspec

from lepton_ai.core.types import JSON, Cell
from lepton_ai.package.manifest import Manifest
from lepton_ai.serving import strict_json
from lepton_ai.serving.limits import Limits
from lepton_ai.serving.model import Model
from lepton_ai.serving.problems import FieldError, ProblemError

EXAMPLE_ID = "019ab5f2-7c1e-7d3a-9c55-2f1b6a0e4d77"


@dataclass(frozen=True, kw_only=True)
class Served:
    """A model under the name it is served by."""

    name: str
    model: Model
    max_rows: int

    @property
    def manifest(self) -> Manifest:
        """What the model says of itself."""
        return self.model.package.manifest


class Asked(NamedTuple):
    """A request that was found good.

    Attributes:
        columns: What is asked, by column.
        rows: How many answers it gets; each has an id of its own.
        cost: How much work that is, in plain rows; decides whether it is answered in a thread.
    """

    columns: dict[str, list[Cell]]
    rows: int
    cost: int


@dataclass(frozen=True, kw_only=True)
class Description:
    """What OpenAPI says of one action of one model.

    Attributes:
        summary: One line.
        text: What bounds the request, and how the answer is to be read.
        request: JSON Schema of the body.
        request_example: A body.
        answer: JSON Schema of the answer.
        answer_example: The answer to that body.
        schemas: Schemas that the others refer to, by the last part of their name.
        problems: Codes that only this action has.
    """

    summary: str
    text: str
    request: JSON
    request_example: JSON
    answer: JSON
    answer_example: JSON
    schemas: JSON = field(default_factory=dict)
    problems: tuple[str, ...] = ()


class Action(ABC):
    """One thing that a model can be asked over HTTP: POST /v1/models/{name}/{action}.

    Args:
        served: The model.
    """

    name: ClassVar[str]
    """The last part of the path."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.manifest = served.manifest
        self.head: JSON = {"model": served.name, "version": self.manifest.version}
        self.example_answer: JSON = {}

    @classmethod
    @abstractmethod
    def of(cls, served: Served) -> Self | None:
        """The action of this model, or None where a model of its kind cannot be asked so."""

    @property
    @abstractmethod
    def example(self) -> JSON:
        """A body that fits."""

    @abstractmethod
    def parse(self, body: bytes) -> Asked:
        """What a request body asks.

        Raises:
            ProblemError: The body is not JSON, or does not fit the model; all that is wrong is told.
        """

    @abstractmethod
    def answer(self, asked: Asked) -> list[JSON]:
        """The answers; may be called in any thread.

        Raises:
            InputError: The model refuses what the signature let pass.
        """

    @abstractmethod
    def reply(self, answers: list[JSON], ids: list[str]) -> bytes:
        """The response body: `head`, and the answers with their ids."""

    @abstractmethod
    def describe(self, limits: Limits) -> Description:
        """What OpenAPI says of it; asked for after `warm_up`."""

    def warm_up(self) -> None:
        """Answer the example, so that the first request finds everything loaded."""
        self.example_answer = self.answer(self.parse(msgspec.json.encode(self.example)))[0]

    def answer_schema(self, properties: JSON, required: list[str]) -> JSON:
        """JSON Schema of a response body with these properties besides model and version."""
        return {
            "type": "object",
            "properties": {
                "model": {"const": self.served.name},
                "version": {"type": "integer", "minimum": 0},
                **properties,
            },
            "required": ["model", "version", *required],
            "additionalProperties": False,
        }


ID_SCHEMA: JSON = {
    "type": "string",
    "format": "uuid",
    "description": "Unique id of the prediction; sorts by time.",
}


def refusal(errors: Iterable[FieldError]) -> ProblemError:
    """The refusal of a body with these errors."""
    found = list(errors)
    return ProblemError("invalid-request", f"{len(found)} values or fields are wrong.", errors=found)


def refuse_twins(body: bytes, keys: int) -> None:
    """Refuse a body that names more than `keys` keys: then one object of it names a key twice."""
    if strict_json.keys_written(body) != keys:
        raise ProblemError("duplicate-key", "An object of the body names a key more than once.")


def keys_held(value: Any) -> int:
    """How many keys the objects in a JSON value have, however deep."""
    if type(value) is dict:
        return len(value) + sum(keys_held(each) for each in value.values() if type(each) in _NESTED)
    return sum(keys_held(each) for each in value if type(each) in _NESTED)


_NESTED = frozenset({dict, list})
