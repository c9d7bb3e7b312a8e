"""The schema of a table: types from values and names, roles from flags first and guesses second."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lepton_ai.data import names
from lepton_ai.data.draft import Draft, draft_columns
from lepton_ai.data.schema import Schema

if TYPE_CHECKING:
    import polars as pl

_MAX_CLASSES = 1000


def infer_schema(
    frame: pl.DataFrame,
    *,
    text: str | Sequence[str] | None = None,
    label: str | None = None,
    group: str | None = None,
    time: str | None = None,
    ignore: Sequence[str] = (),
) -> Schema:
    """The schema of `frame`; of a stream, give its first batch.

    Args:
        frame: The rows to judge by.
        text: The text column, or several.
        label: The column to predict.
        group: Rows of one group stay on one side of a split.
        time: When a row happened.
        ignore: Columns to leave out.

    Raises:
        NotFoundError: A named column is not in the table.
        UsageError: One column was given two roles.
    """
    texts = [text] if isinstance(text, str) else list(text or ())
    wanted = [("text", name) for name in texts] + [("ignore", name) for name in ignore]
    wanted += [
        (role, name)
        for role, name in (("label", label), ("group", group), ("time", time))
        if name is not None
    ]
    drafts = draft_columns(frame, wanted)
    _settle_unusable(drafts)
    if not texts:
        _guess_text(drafts)
    if label is None:
        _guess_label(drafts)
    if time is None:
        _guess_time(drafts)
    candidates = [draft.name for draft in drafts if not draft.role and _could_be_label(draft)]
    _settle_rest(drafts)
    return Schema(tuple(draft.column() for draft in drafts), tuple(candidates))


def _settle_unusable(drafts: list[Draft]) -> None:
    """Columns that can be nothing to a model, unless a flag or a name says so."""
    for draft in drafts:
        if draft.role:
            continue
        if draft.facts.rank(names.SPLIT) in range(1000):
            draft.give("ignore", "its name tells which side of a split a row is on")
        elif not draft.facts.filled:
            draft.give("ignore", "an empty column tells nothing")
        elif draft.type == "identifier":
            draft.give("ignore", "an identifier says nothing about new rows")
        elif draft.constant and draft.type != "text" and draft.facts.rank(names.LABEL) not in range(1000):
            draft.give("ignore", "one value only tells nothing")


def _guess_text(drafts: list[Draft]) -> None:
    free = [draft for draft in drafts if not draft.role and draft.type == "text"]
    if not free:
        return
    best = min(free, key=_text_order)
    rank = best.facts.rank(names.TEXT)
    why = "its name says text" if rank is not None else "no other column looks more like text"
    best.give("text", why)
    for other in free:
        if other is not best:
            other.why.append(f"{best.name!r} was taken as the text before it")


def _text_order(draft: Draft) -> tuple[int, float]:
    rank = draft.facts.rank(names.TEXT)
    return (10_000 if rank is None else rank, -draft.facts.mean_chars * draft.facts.distinct_share)


def _could_be_label(draft: Draft) -> bool:
    if draft.type not in {"category", "boolean", "number"}:
        return False
    facts = draft.facts
    few = facts.distinct <= min(_MAX_CLASSES, max(facts.filled // 2, 2))
    return facts.distinct >= 2 and few


def _guess_label(drafts: list[Draft]) -> None:
    free = [draft for draft in drafts if not draft.role and draft.type != "text"]
    named = [draft for draft in free if _named_label(draft)]
    if named:
        best = min(named, key=lambda draft: draft.facts.rank(names.LABEL) or 0)
        best.give("label", "its name says that it holds the classes")
        return
    likely = [draft for draft in free if draft.type in {"category", "boolean"} and _could_be_label(draft)]
    if len(likely) == 1:
        likely[0].give("label", "no other column could hold the classes")
    elif not any(draft.role == "text" for draft in drafts) and drafts:
        last = drafts[-1]
        if last in free and _could_be_label(last) and last.facts.distinct <= 50:
            last.give("label", "the last column is usually the one to predict")


def _named_label(draft: Draft) -> bool:
    rank = draft.facts.rank(names.LABEL)
    if rank is None or rank >= 3000 or draft.type not in {"category", "boolean", "number"}:
        return False
    return _could_be_label(draft) or rank < 1000


def _guess_time(drafts: list[Draft]) -> None:
    free = [draft for draft in drafts if not draft.role and draft.type == "datetime"]
    if free:
        order = [(draft.facts.rank(names.TIME), draft) for draft in free]
        best = min(order, key=lambda item: 10_000 if item[0] is None else item[0])[1]
        best.give("time", "it tells when a row happened")


def _settle_rest(drafts: list[Draft]) -> None:
    for draft in drafts:
        if not draft.role:
            draft.role = "feature"
        if draft.role == "label" and (draft.type != "number" or draft.facts.distinct <= 50):
            draft.type = "category"
            draft.why.append(f"its values are {draft.facts.distinct:,} classes")
        if draft.role == "text":
            draft.type = "text"
