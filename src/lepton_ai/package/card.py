"""The model card: what a model is for, what it was made of, how good it is, and where it stops.

After Mitchell et al. 2019, "Model Cards for Model Reporting" (arXiv 1810.03993).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lepton_ai.core.calibration import Calibration
from lepton_ai.core.types import JSON
from lepton_ai.package.manifest import Manifest

_SEVERITIES = ("error", "warning", "info")


def model_card(
    manifest: Manifest,
    *,
    calibration: Calibration,
    findings: Sequence[JSON] = (),
    intended_use: str | None = None,
) -> str:
    """The card of a model, as Markdown.

    Args:
        manifest: The package's manifest. Of its metrics, numbers and {"value", "low", "high"} objects are
            shown as scores, and the objects of a list "slices" (or of "found" in it) as weak spots.
        calibration: How scores are calibrated and when the model abstains.
        findings: What the quality report found in the training data, each {"severity", "title", "count",
            "advice"}.
        intended_use: What the model is for; None says what its signature allows.
    """
    sections = [
        ("Intended use", _use(manifest, intended_use)),
        ("Training data", _data(manifest.lineage, findings)),
        ("Scores on rows it was not trained on", _scores(manifest.metrics)),
        ("Where it is weak", _slices(manifest.metrics.get("slices"))),
        ("How far to trust a score", _trust(calibration)),
        ("Limits", _limits(manifest)),
    ]
    lines = [f"# {_inline(manifest.name)}", "", _inline(manifest.description) or "No description was given."]
    for title, body in sections:
        lines += ["", f"## {title}", "", *body]
    return "\n".join(lines) + "\n"


def _inline(value: object) -> str:
    """A value as one line of Markdown in which nothing of it is taken for markup."""
    text = " ".join(str(value).split())
    return "".join(f"\\{character}" if character in "\\`*_[]<>|#" else character for character in text)


def _use(manifest: Manifest, intended_use: str | None) -> Iterator[str]:
    columns = ", ".join(f"`{record.column}`" for record in manifest.inputs)
    yield _inline(intended_use or f"Answering rows with {manifest.task.replace('-', ' ')}.")
    yield ""
    yield f"It reads the {'column' if len(manifest.inputs) == 1 else 'columns'} {columns} and answers"
    yield f"`{manifest.output.column}`. It was made for rows like those it was trained on, and for no others."


def _data(lineage: JSON, findings: Sequence[JSON]) -> Iterator[str]:
    plain = {key: value for key, value in lineage.items() if isinstance(value, str | int | float)}
    for key, value in plain.items():
        yield f"- {_inline(key.replace('_', ' '))}: {_inline(value)}"
    if not plain:
        yield "- Nothing was recorded about where the data came from."
    order = {severity: place for place, severity in enumerate(_SEVERITIES)}
    for finding in sorted(findings, key=lambda each: order.get(str(each.get("severity")), len(order))):
        count = f" ({finding['count']:,} rows)" if isinstance(finding.get("count"), int) else ""
        advice = f" {_inline(finding['advice'])}" if finding.get("advice") else ""
        severity, title = _inline(finding.get("severity", "info")), _inline(finding.get("title", ""))
        yield f"- {severity}: {title.rstrip('.')}{count}.{advice}"


def _scores(metrics: JSON) -> Iterator[str]:
    rows = [row for name, value in metrics.items() if (row := _score(name, value)) is not None]
    if not rows:
        yield "None was measured. Evaluate it on rows of your own before you rely on it."
        return
    yield "| score | value | 95% interval |"
    yield "|---|---|---|"
    yield from rows


def _score(name: str, value: Any) -> str | None:
    """The line of one score in the table, or None for what is no score."""
    shown = _inline(name.replace("_", " "))
    if _is_number(value):
        return f"| {shown} | {_figure(value)} | |"
    if isinstance(value, Mapping) and _is_number(value.get("value")):
        low, high = value.get("low"), value.get("high")
        between = f"{_figure(low)} to {_figure(high)}" if _is_number(low) and _is_number(high) else ""
        return f"| {shown} | {_figure(value['value'])} | {between} |"
    return None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _figure(value: Any) -> str:
    """A number as it is read: counts whole, the rest to three places."""
    return f"{value:,}" if isinstance(value, int) else f"{value:.3f}"


def _slices(slices: Any) -> Iterator[str]:
    found = slices.get("found", ()) if isinstance(slices, Mapping) else slices
    listed = [each for each in found or () if isinstance(each, Mapping)]
    for each in listed[:10]:
        facts = ", ".join(
            f"{_inline(key.replace('_', ' '))} {_figure(value) if _is_number(value) else _inline(value)}"
            for key, value in each.items()
            if isinstance(value, str | int | float)
        )
        yield f"- {facts}"
    if not listed:
        yield "No slice of the held-out rows was found to be clearly worse than the rest."


def _trust(calibration: Calibration) -> Iterator[str]:
    if calibration.rows == 0:
        yield "Scores were not calibrated: do not read them as probabilities."
    else:
        yield (
            f"Scores were calibrated on {calibration.rows:,} rows that it was not trained on (temperature"
            f" {calibration.temperature:.3f}): of answers with a score near 0.8, about 80% should be right."
        )
    yield ""
    if calibration.threshold <= 0:
        yield "It never abstains: every row is answered, however low the score."
        return
    if calibration.threshold > 1:
        yield "It always abstains: no threshold was found from which on its answers are right often enough."
        return
    aim = (
        ""
        if calibration.risk is None
        else f", chosen so that at most {calibration.risk:.1%} of those kept are wrong"
    )
    yield (
        f"It abstains when its best score is under {calibration.threshold:.3f}{aim}. On the rows it was"
        f" chosen on, {calibration.coverage:.1%} were kept; the others should be handed to a person."
    )


def _limits(manifest: Manifest) -> Iterator[str]:
    properties = manifest.signature.get("input", {}).get("properties", {})
    for column, cell in properties.items():
        most = cell.get("maxLength")
        if most is not None:
            yield f"- `{column}` may have at most {most:,} characters."
    yield "- It knows nothing that was not in its training data, and answers as if the world had not changed."
    yield "- Its intervals are about rows like the held-out ones; measure again on data from elsewhere."
    graph = manifest.graphs["default"]
    yield f"- It computes in {graph.precision}; opening proves its raw outputs to within {graph.tolerance:g}."
