"""Which columns of a table of events are user, item, rating and time: flags first, names second.

Values cannot tell a user from an item (both are identifiers), so a column without a telling name is never
guessed. Ratings and times must also read as numbers and moments.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lepton_ai.data import names
from lepton_ai.data.draft import Draft, draft_columns
from lepton_ai.data.schema import Schema
from lepton_ai.data.typed import as_numbers

if TYPE_CHECKING:
    import polars as pl

_HINTS = {"user": names.USER, "item": names.ITEM, "rating": names.RATING, "time": names.MOMENT}
_TYPES = {"user": "identifier", "item": "identifier", "rating": "number", "time": "datetime"}
_SAMPLE = 10_000
_UNNAMED = 2_900
"""Rank of a column whose values say time, though its name does not."""


def infer_interactions(
    frame: pl.DataFrame,
    *,
    user: str | None = None,
    item: str | None = None,
    rating: str | None = None,
    time: str | None = None,
    ignore: Sequence[str] = (),
) -> Schema:
    """The schema of a table of events; of a stream, give its first batch.

    A role that no column fits is left out: `schema.role("user")` is then an error that lists what could be.

    Args:
        frame: The rows to judge by.
        user: Who.
        item: With what.
        rating: How much it was liked.
        time: When.
        ignore: Columns to leave out.

    Raises:
        NotFoundError: A named column is not in the table.
        UsageError: One column was given two roles.
    """
    asked = [("user", user), ("item", item), ("rating", rating), ("time", time)]
    wanted = [(role, name) for role, name in asked if name is not None]
    drafts = draft_columns(frame, [*wanted, *(("ignore", name) for name in ignore)])
    given = {role for role, _ in wanted}
    offers = sorted(
        (rank, place, role)
        for place, draft in enumerate(drafts)
        if not draft.role
        for role in _HINTS
        if role not in given and (rank := _rank(draft, role)) is not None
    )
    for rank, place, role in offers:
        if role not in given and not drafts[place].role:
            drafts[place].give(role, _because(role, rank))
            given.add(role)
    for draft in drafts:
        if draft.role in _TYPES:
            draft.type = _TYPES[draft.role]
        elif not draft.role:
            draft.give("ignore", "it is neither user, item, rating nor time")
    return Schema(tuple(draft.column() for draft in drafts))


def is_interactions(schema: Schema) -> bool:
    """Whether a schema that `infer_interactions` made without flags is that of events and of nothing else.

    A table of reviews names users and items too; with a column of free text it is not taken for events.
    """
    found = {column.role for column in schema.columns}
    return {"user", "item"} <= found and all(column.type != "text" for column in schema.columns)


def _because(role: str, rank: int) -> str:
    return "it tells when a row happened" if rank >= _UNNAMED else f"its name says {role}"


def _rank(draft: Draft, role: str) -> int | None:
    """How well a column fits a role, 0 best; what was in the way is said in the draft."""
    if not draft.facts.filled:
        return None
    rank = names.hint_rank(names.unmarked(draft.name), _HINTS[role])
    if role == "time":
        return _rank_time(draft, rank)
    if rank is None:
        return None
    return _rank_rating(draft, rank) if role == "rating" else _rank_name(draft, rank)


def _rank_name(draft: Draft, rank: int) -> int | None:
    """Users and items. "item_price" and "new_user" hold their words and name nobody."""
    if draft.type == "datetime" or str(draft.facts.dtype) == "Boolean":
        return None
    if rank >= 1000 and draft.type == "boolean":
        return None
    last = names.words_of(names.unmarked(draft.name))[-1]
    return rank if rank < 2000 or last.endswith(names.NAMING) else None


def _rank_rating(draft: Draft, rank: int) -> int | None:
    if rank >= 2000:
        return None
    sample = draft.facts.values.head(_SAMPLE)
    if as_numbers(sample).null_count() * 2 > sample.len():
        draft.why.append(f"its name says rating, but its cells are no numbers, such as {sample[0][:40]!r}")
        return None
    return rank


def _rank_time(draft: Draft, rank: int | None) -> int | None:
    if draft.type == "datetime":
        return _UNNAMED if rank is None else rank
    if rank is None or rank >= 2000:
        return None
    from lepton_ai.data.moments import moments  # noqa: PLC0415 - polars

    sample = draft.facts.values.head(_SAMPLE)
    read = moments(sample)
    if read.values.null_count() * 2 > sample.len():
        draft.why.append(
            f"its name says time, but its cells do not read as times, such as {sample[0][:40]!r}"
        )
        return None
    counts = as_numbers(sample).abs().max()
    # "watch_time" is a length of time and no moment.
    lengths = rank >= 1000 and isinstance(counts, float) and counts < 1e8
    return None if lengths else rank
