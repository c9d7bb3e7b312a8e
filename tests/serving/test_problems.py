import json
from pathlib import Path

from lepton_ai.serving.problems import MAX_ERRORS, PROBLEMS, FieldError, ProblemError, pointer, type_of

DOCS = Path(__file__).parents[2] / "docs" / "serving.md"


def test_every_problem_has_its_line_and_anchor_in_the_docs():
    lines = [line for line in DOCS.read_text(encoding="utf-8").splitlines() if line.startswith("| <a id=")]
    assert len(lines) == len(PROBLEMS)
    for line, (code, problem) in zip(lines, PROBLEMS.items(), strict=True):
        assert line.startswith(f'| <a id="{code}"></a>`{type_of(code)}` | {problem.status} |')


def test_document():
    errors = [FieldError(pointer("rows", index), "x") for index in range(MAX_ERRORS + 1)]
    error = ProblemError("too-many-rows", "Found 4.", errors=errors, limit=3)
    document = json.loads(error.document("r-1"))
    assert document["request_id"] == "r-1"
    assert document["limit"] == 3
    assert len(document["errors"]) == MAX_ERRORS
    assert document["error_count"] == MAX_ERRORS + 1
    assert "request_id" not in json.loads(error.document(None))
