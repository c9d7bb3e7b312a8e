"""`predict`: rows in, one answer a row out. Every model has it."""

from __future__ import annotations

from typing import ClassVar, Self

import msgspec

from lepton_ai.core.errors import PackageError
from lepton_ai.core.types import JSON
from lepton_ai.serving import strict_json
from lepton_ai.serving.actions.base import (
    EXAMPLE_ID,
    ID_SCHEMA,
    Action,
    Asked,
    Description,
    Served,
    keys_held,
    refusal,
    refuse_twins,
)
from lepton_ai.serving.actions.ranking import Ranking
from lepton_ai.serving.limits import Limits
from lepton_ai.serving.problems import FieldError, ProblemError, pointer
from lepton_ai.serving.rows import RowRule, example_row


class Predict(Action):
    """Answers rows; see `Action`."""

    name: ClassVar[str] = "predict"

    def __init__(self, served: Served) -> None:
        super().__init__(served)
        self.row_schema: JSON = self.manifest.signature["input"]
        self._rule = RowRule(self.row_schema)
        self._flat = not any(_nests(cell) for cell in self.row_schema["properties"].values())
        self._ranking = Ranking.of(served.model.package)

    @classmethod
    def of(cls, served: Served) -> Self | None:
        """Every model has it."""
        return cls(served)

    @property
    def example(self) -> JSON:
        """One row."""
        return {"rows": [example_row(self.row_schema)]}

    def parse(self, body: bytes) -> Asked:
        """The rows of a request body."""
        content = strict_json.decode(body)
        rows = content.get("rows") if type(content) is dict else None
        if type(rows) is not list or len(content) != 1 or not rows:
            raise ProblemError("invalid-request", _OUTER_SHAPE, errors=_outer_errors(content))
        most = self.served.max_rows
        if len(rows) > most:
            raise ProblemError("too-many-rows", f"Found {len(rows)} rows; {most} are allowed.", limit=most)
        if not all(map(self._rule.fits, rows)):
            raise refusal(self._rule.row_errors(rows))
        refuse_twins(body, 1 + (sum(map(len, rows)) if self._flat else keys_held(rows)))
        columns = self._rule.to_columns(rows)
        cost = len(rows) if self._ranking is None else self._ranking.cost(columns)
        return Asked(columns, len(rows), cost)

    def answer(self, asked: Asked) -> list[JSON]:
        """One answer a row.

        Raises:
            PackageError: The model gave more or fewer answers than rows.
        """
        answers = self.served.model.predict(asked.columns)
        if len(answers) != asked.rows:
            raise PackageError(f"The model gave {len(answers)} answers to {asked.rows} rows.")
        return answers

    def reply(self, answers: list[JSON], ids: list[str]) -> bytes:
        """The list of predictions, each with its id."""
        predictions = [{"id": own, **answer} for own, answer in zip(ids, answers, strict=True)]
        return msgspec.json.encode({**self.head, "predictions": predictions})

    def describe(self, limits: Limits) -> Description:
        """Rows and answers as the signature has them."""
        name = self.served.name
        rows = {"type": "array", "items": _ref(f"{name}.Row"), "minItems": 1, "maxItems": limits.max_rows}
        predictions = {"type": "array", "items": _ref(f"{name}.Answer"), "minItems": 1}
        return Description(
            summary=self.manifest.description or f"Ask {name}",
            text=f"At most {limits.max_rows:,} rows and {size_of(limits.max_body_bytes)}. "
            "The answers come in the order of the rows.",
            request={
                "type": "object",
                "properties": {"rows": rows},
                "required": ["rows"],
                "additionalProperties": False,
            },
            request_example=self.example,
            answer=self.answer_schema({"predictions": predictions}, ["predictions"]),
            answer_example={"predictions": [{"id": EXAMPLE_ID, **self.example_answer}]},
            schemas={
                "Row": {"title": f"Row of {name}", **self.row_schema},
                "Answer": self._answer_schema_of_a_row(),
            },
            problems=("too-many-rows",),
        )

    def _answer_schema_of_a_row(self) -> JSON:
        answer: JSON = self.manifest.signature["output"]
        return {
            **answer,
            "title": f"Answer of {self.served.name}",
            "properties": {"id": ID_SCHEMA, **answer.get("properties", {})},
            "required": ["id", *answer.get("required", [])],
        }


_OUTER_SHAPE = 'The body has to be an object {"rows": [{...}, ...]} with at least one row.'


def _outer_errors(content: object) -> list[FieldError]:
    if type(content) is not dict:
        return [FieldError("", "Expected an object.")]
    errors = []
    if content.keys() - {"rows"}:
        errors.append(FieldError("", "The object has an unknown field. Known: 'rows'."))
    rows = content.get("rows")
    if "rows" not in content:
        errors.append(FieldError(pointer("rows"), "The field is required and missing."))
    elif type(rows) is not list:
        errors.append(FieldError(pointer("rows"), "Expected a list of rows."))
    elif not rows:
        errors.append(FieldError(pointer("rows"), "Expected at least one row."))
    return errors


def _nests(cell: JSON) -> bool:
    """May a cell of this schema hold an object? One without a type may hold anything."""
    kinds = cell.get("type")
    return not kinds or "object" in kinds or "array" in kinds


def _ref(name: str) -> JSON:
    return {"$ref": f"#/components/schemas/{name}"}


def size_of(count: int) -> str:
    """A number of bytes in the largest unit that gives a whole number."""
    for shift, unit in ((30, "GiB"), (20, "MiB"), (10, "KiB")):
        if count >> shift and not count & ((1 << shift) - 1):
            return f"{count >> shift:,} {unit}"
    return f"{count:,} bytes"
