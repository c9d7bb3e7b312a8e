"""One model behind HTTP: its rows in, its answers out, and what it says of itself."""

from __future__ import annotations

import msgspec

from lepton_ai.core.errors import PackageError
from lepton_ai.core.types import JSON, Cell
from lepton_ai.serving import strict_json
from lepton_ai.serving.model import Model
from lepton_ai.serving.problems import FieldError, ProblemError, pointer
from lepton_ai.serving.rows import RowRule, example_row


class Endpoint:
    """A model under the name it is served by.

    Args:
        name: The name in the path.
        model: The opened model.
        max_rows: Most rows in one request.
    """

    def __init__(self, name: str, model: Model, *, max_rows: int) -> None:
        self.name = name
        self.model = model
        self.manifest = model.package.manifest
        self.row_schema: JSON = self.manifest.signature["input"]
        self.answer_schema: JSON = self.manifest.signature["output"]
        self.example_row = example_row(self.row_schema)
        self._rule = RowRule(self.row_schema)
        self._max_rows = max_rows
        self.example_answer: JSON = {}

    def warm_up(self) -> None:
        """Answer one example row, so that the first request finds everything loaded."""
        columns = self._rule.to_columns([self.example_row])
        self.example_answer = self.predict(columns)[0]

    def parse(self, body: bytes) -> list[JSON]:
        """The rows of a request body.

        Raises:
            ProblemError: The body is not JSON, or does not fit the signature; all that is wrong is told.
        """
        content = strict_json.decode(body)
        rows = content.get("rows") if type(content) is dict else None
        if type(rows) is not list or len(content) != 1 or not rows:
            raise ProblemError("invalid-request", _OUTER_SHAPE, errors=_outer_errors(content))
        if len(rows) > self._max_rows:
            raise ProblemError(
                "too-many-rows",
                f"Found {len(rows)} rows; {self._max_rows} are allowed.",
                limit=self._max_rows,
            )
        errors = list(self._rule.errors(rows))
        if errors:
            raise ProblemError("invalid-request", f"{len(errors)} values or fields are wrong.", errors=errors)
        if strict_json.keys_written(body) != 1 + sum(map(len, rows)):
            raise ProblemError("duplicate-key", "An object of the body names a key more than once.")
        return rows

    def columns(self, rows: list[JSON]) -> dict[str, list[Cell]]:
        """Rows as the model takes them."""
        return self._rule.to_columns(rows)

    def predict(self, columns: dict[str, list[Cell]]) -> list[JSON]:
        """One answer a row.

        Raises:
            PackageError: The model gave more or fewer answers than rows.
        """
        answers = self.model.predict(columns)
        expected = len(next(iter(columns.values())))
        if len(answers) != expected:
            raise PackageError(f"The model gave {len(answers)} answers to {expected} rows.")
        return answers

    def reply(self, answers: list[JSON], ids: list[str]) -> bytes:
        """The response body."""
        predictions = [{"id": own, **answer} for own, answer in zip(ids, answers, strict=True)]
        return msgspec.json.encode(
            {"model": self.name, "version": self.manifest.version, "predictions": predictions}
        )

    def summary(self) -> JSON:
        """What the list of models shows."""
        manifest = self.manifest
        return {
            "name": self.name,
            "task": manifest.task,
            "version": manifest.version,
            "description": manifest.description,
            "metrics": manifest.metrics,
        }

    def card(self) -> JSON:
        """What the page of one model shows; `labels` is null for a task without labels."""
        return {
            **self.summary(),
            "created": self.manifest.created,
            "labels": self.manifest.output.params.get("labels"),
            "signature": self.manifest.signature,
            "calibration": msgspec.to_builtins(self.model.package.calibration),
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
