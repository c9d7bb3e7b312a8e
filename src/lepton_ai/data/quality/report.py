"""The quality report: run every check over a table, or over a stream in bounded memory."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from lepton_ai.core.errors import UsageError
from lepton_ai.core.progress import Progress, Silent
from lepton_ai.core.registry import Registry
from lepton_ai.core.types import JSON
from lepton_ai.data.quality.base import Batch, Check, Finding
from lepton_ai.data.schema import Schema

if TYPE_CHECKING:
    import polars as pl

CHECKS: Registry[type[Check]] = Registry(
    "check",
    {
        "missing": "lepton_ai.data.quality.missing:MissingCells",
        "labels": "lepton_ai.data.quality.labels:Labels",
        "leakage": "lepton_ai.data.quality.leakage:Leakage",
        "duplicates": "lepton_ai.data.quality.duplicates:DuplicateTexts",
        "similar": "lepton_ai.data.quality.similar:SimilarTexts",
        "mojibake": "lepton_ai.data.quality.mojibake:Mojibake",
        "lengths": "lepton_ai.data.quality.lengths:LongTexts",
        "events": "lepton_ai.data.quality.interactions:Events",
        "columns": "lepton_ai.data.quality.columns:IdleColumns",
    },
)

_ORDER = {"error": 0, "warning": 1, "info": 2}


@dataclass(frozen=True)
class QualityReport:
    """What the checks found.

    Attributes:
        findings: Errors first, then warnings, then what is worth knowing.
        rows: How many rows were checked.
        checks: Names of the checks that ran.
    """

    findings: tuple[Finding, ...]
    rows: int
    checks: tuple[str, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that make training on this data mislead."""
        return tuple(finding for finding in self.findings if finding.severity == "error")

    def to_text(self) -> str:
        """Lines for people: each finding, its first rows and what to do."""
        if not self.findings:
            return f"{self.rows:,} rows checked, nothing found."
        lines = [f"{self.rows:,} rows checked, {len(self.findings)} findings."]
        for finding in self.findings:
            lines.append(f"  {finding.severity:<8}{finding.title}.")
            if finding.rows:
                dots = ", ..." if finding.count > len(finding.rows) else ""
                lines.append(f"          Rows {', '.join(map(str, finding.rows))}{dots}")
            lines.append(f"          {finding.advice}")
        return "\n".join(lines)

    def to_json(self) -> JSON:
        """The report as JSON values."""
        findings = [{**asdict(finding), "rows": list(finding.rows)} for finding in self.findings]
        return {"rows": self.rows, "checks": list(self.checks), "findings": findings}


class StreamingQuality:
    """Checks rows as they come, in bounded memory: 64-bit hashes of the texts are kept, not the texts.

    Args:
        schema: The schema of the rows.
        against: Another table whose texts must not be among the rows.
        whole_table: Also run the checks that keep the texts themselves.
    """

    def __init__(
        self, schema: Schema, *, against: pl.DataFrame | None = None, whole_table: bool = False
    ) -> None:
        self._schema = schema
        self._rows = 0
        context: dict[str, Any] = {"against": against}
        roles = {column.role for column in schema.columns}
        self._checks: dict[str, Check] = {}
        for name, check in CHECKS.items():
            if roles.issuperset(check.needs) and (whole_table or not check.whole_table_only):
                self._checks[name] = check(schema, context)
        if against is None:
            self._checks.pop("leakage", None)

    def add(self, frame: pl.DataFrame) -> None:
        """Look at the next rows.

        Raises:
            UsageError: A column of the schema is not among theirs.
        """
        missing = [column.name for column in self._schema.columns if column.name not in frame.columns]
        if missing:
            raise UsageError(
                f"The rows have no column {missing[0]!r}, which the schema has.",
                hint="Infer the schema from them.",
            )
        batch = Batch(frame, self._rows, self._schema)
        for check in self._checks.values():
            check.observe(batch)
        self._rows += frame.height

    def report(self, *, progress: Progress | None = None) -> QualityReport:
        """What was found in all rows seen so far."""
        teller = progress or Silent()
        teller.stage("Checking the data", len(self._checks))
        found: list[Finding] = []
        for name, check in self._checks.items():
            found += check.findings()
            teller.advance(note=name)
        found.sort(key=lambda finding: _ORDER[finding.severity])
        return QualityReport(tuple(found), self._rows, tuple(self._checks))


def check_quality(
    frame: pl.DataFrame,
    schema: Schema,
    *,
    against: pl.DataFrame | None = None,
    progress: Progress | None = None,
) -> QualityReport:
    """The quality report of a table.

    Args:
        frame: The rows.
        schema: Their schema, with the roles of text and label.
        against: Another table (the training rows, say) whose texts must not be among these.
        progress: Told of each check.

    Raises:
        DataError: `against` lacks the text column.
    """
    checker = StreamingQuality(schema, against=against, whole_table=True)
    checker.add(frame)
    return checker.report(progress=progress)
