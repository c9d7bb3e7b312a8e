"""The model card: what a model is for, what it was made of, how good it is, and where it stops.

After Mitchell et al. 2019, "Model Cards for Model Reporting" (arXiv 1810.03993).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lepton_ai.codecs.base import OutputCodec
from lepton_ai.codecs.number import NumberCodec
from lepton_ai.codecs.ranking.top_items import TopItemsCodec
from lepton_ai.core.calibration import Calibration
from lepton_ai.core.types import JSON
from lepton_ai.package.manifest import Manifest

_SEVERITIES = ("error", "warning", "info")


def model_card(
    manifest: Manifest,
    *,
    output: OutputCodec,
    calibration: Calibration,
    findings: Sequence[JSON] = (),
) -> str:
    """The card of a model, as Markdown.

    Args:
        manifest: The package's manifest. Of its metrics, numbers and {"value", "low", "high"} objects are
            shown as scores, and the objects of a list "slices" (or of "found" in it) as weak spots.
        output: The codec of the answers: how far they may be trusted is told by their kind.
        calibration: How scores are calibrated and when the model abstains.
        findings: What the quality report found in the training data, each {"severity", "title", "count",
            "advice"}.
    """
    sections = [
        ("Intended use", _use(manifest, output)),
        ("Training data", _data(manifest.lineage, findings)),
        ("Scores on rows it was not trained on", _scores(manifest.metrics)),
        ("Where it is weak", _slices(manifest.metrics.get("slices"))),
        _trust(manifest, output, calibration),
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


def _use(manifest: Manifest, output: OutputCodec) -> Iterator[str]:
    columns = ", ".join(f"`{record.column}`" for record in manifest.inputs)
    yield f"Answering rows with {_inline(manifest.task.replace('-', ' '))}."
    yield ""
    yield f"It reads the {'column' if len(manifest.inputs) == 1 else 'columns'} {columns} and answers"
    yield f"`{manifest.output.column}`. It was made for rows like those it was trained on, and for no others."
    if isinstance(output, TopItemsCodec):
        yield ""
        yield f"An answer is a list of some of {len(output.items):,} items, each with a score and a reason."
    elif isinstance(output, NumberCodec):
        yield ""
        yield f"An answer is a number {_scale(output)}."


def _scale(output: NumberCodec) -> str:
    return f"from {output.low:g} to {output.high:g}"


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
    if slices is None:
        yield "Weak spots were not looked for."
        return
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


def _trust(manifest: Manifest, output: OutputCodec, calibration: Calibration) -> tuple[str, Iterator[str]]:
    """The section on how far an answer may be trusted, by its kind."""
    if isinstance(output, TopItemsCodec):
        return "What a score says", _trust_list(output, scored="scores" in manifest.graphs["default"].outputs)
    if isinstance(output, NumberCodec):
        return "How far to trust an answer", _trust_number(output)
    return "How far to trust a score", _trust_score(calibration)


def _trust_list(output: TopItemsCodec, *, scored: bool) -> Iterator[str]:
    """Of ranked items, for a graph that scores all items or one that gives what to search for."""
    if scored:
        yield (
            "Lists are ranked by score: how likely the model holds it that the item is the next one. The"
            " scores of all items sum to 1, so that even the best may be low where there are many items."
        )
    else:
        yield (
            "Lists are ranked by score, which compares the items of one list and says nothing else: it is no"
            " probability."
        )
    yield ""
    seen = "may be proposed again" if output.repeats else "is left out, unless it is asked for"
    yield f"A list is as long as it is asked for, however low its scores. What is in a history {seen}."


def _trust_number(output: NumberCodec) -> Iterator[str]:
    yield f"Answers are kept {_scale(output)}. How far off they are on average, the scores above tell."
    yield ""
    yield "Every row is answered; one with ids that it does not know, by what holds on average."


def _trust_score(calibration: Calibration) -> Iterator[str]:
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
        if (most := cell.get("maxLength")) is not None:
            kinds = {*cell["type"]} if isinstance(cell["type"], list) else {cell["type"]}
            whose = f"`{column}`" if kinds <= {"string", "null"} else f"An id in `{column}`"
            yield f"- {whose} may have at most {most:,} characters."
        if (most := cell.get("maxItems")) is not None:
            yield f"- A list in `{column}` may have at most {most:,} items."
    yield "- It knows nothing that was not in its training data, and answers as if the world had not changed."
    yield "- Its intervals are about rows like the held-out ones; measure again on data from elsewhere."
    graph = manifest.graphs["default"]
    yield f"- It computes in {graph.precision}; opening proves its raw outputs to within {graph.tolerance:g}."
