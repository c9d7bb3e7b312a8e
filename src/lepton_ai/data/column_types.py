"""The type of one column, told from its values and its name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from lepton_ai.data import names
from lepton_ai.data.typed import NUMBER, as_text, as_times, is_boolean_pair

_CODE = r"^[\x21-\x7e]{1,64}$"
_SMALL = 20
"""Under so many values, shares say little, and the name decides more."""


@dataclass(frozen=True)
class Facts:
    """What is counted of a column. `values` are its cells that are neither missing nor blank, as text."""

    name: str
    dtype: pl.DataType
    values: pl.Series
    rows: int

    @classmethod
    def of(cls, series: pl.Series) -> Facts:
        """The facts of a column."""
        filled = series.drop_nulls()
        values = as_text(filled)
        if filled.dtype == pl.String:
            values = values.filter(values.str.strip_chars() != "")
        return cls(series.name, series.dtype, values, series.len())

    @property
    def filled(self) -> int:
        """Cells with a value."""
        return self.values.len()

    @cached_property
    def distinct(self) -> int:
        """Different values."""
        return self.values.n_unique()

    @property
    def distinct_share(self) -> float:
        """Different values per value."""
        return self.distinct / max(self.filled, 1)

    @cached_property
    def mean_chars(self) -> float:
        """Characters a value."""
        mean = self.values.str.len_chars().mean()
        return float(mean) if isinstance(mean, int | float) else 0.0

    def share(self, pattern: str) -> float:
        """Share of the values that hold a regular expression; of the first 10,000."""
        part = self.values.head(10_000)
        return float(part.str.contains(pattern).sum()) / max(part.len(), 1)

    @property
    def counted(self) -> str:
        """The counts in words."""
        return f"{self.distinct:,} distinct values of {self.filled:,}"

    def rank(self, hints: tuple[str, ...]) -> int | None:
        """How good a hint the name is; see `names.hint_rank`."""
        return names.hint_rank(self.name, hints)


Verdict = tuple[str, str]
"""A type, and the reason as the second half of a sentence."""


def column_type(facts: Facts) -> Verdict:
    """The type of a column and why: the first rule that fits decides."""
    for rule in _RULES:
        verdict = rule(facts)
        if verdict is not None:
            return verdict
    return "category", f"looks like a category: {facts.counted}"


def _empty(facts: Facts) -> Verdict | None:
    return ("category", f"is empty in all {facts.rows:,} rows") if not facts.filled else None


def _boolean(facts: Facts) -> Verdict | None:
    if facts.dtype == pl.Boolean:
        return "boolean", "holds true and false"
    if facts.distinct == 2 and is_boolean_pair(set(facts.values.unique().to_list())):
        shown = " and ".join(repr(value) for value in sorted(facts.values.unique().to_list()))
        return "boolean", f"holds only {shown}"
    return None


def _datetime(facts: Facts) -> Verdict | None:
    if facts.dtype in (pl.Date, pl.Datetime):
        return "datetime", "holds dates or times"
    sample = facts.values.head(1000)
    if facts.share(r"^\s*\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}") >= 0.95:
        known = sample.len() - as_times(sample).null_count()
        return (
            ("datetime", f"reads as dates or times, such as {sample[0]!r}")
            if known >= 0.95 * sample.len()
            else None
        )
    epoch = facts.share(r"^1\d{9}(\d{3})?(\.\d+)?$") >= 0.95
    if epoch and facts.rank(names.TIME) is not None:
        return "datetime", "counts seconds or milliseconds since 1970, and its name says time"
    return None


def _address(facts: Facts) -> Verdict | None:
    return ("identifier", "holds web addresses") if facts.share(r"^https?://\S+$") >= 0.95 else None


def _row_number(facts: Facts) -> Verdict | None:
    whole = facts.share(r"^-?\d{1,18}$") == 1.0
    unique = facts.distinct == facts.filled
    unnamed = not facts.name.strip() or facts.name == "column_1" or facts.name.startswith("Unnamed")
    if whole and unique and (unnamed or _consecutive(facts)) and facts.filled > 1:
        return "identifier", f"numbers the rows: {facts.counted}"
    if whole and unnamed and facts.filled >= _SMALL and facts.distinct_share >= 0.3:
        return "identifier", f"is an unnamed row number: {facts.counted}"
    return None


def _identifier(facts: Facts) -> Verdict | None:
    rank = facts.rank(names.IDENTIFIER)
    if rank is not None and rank < 2000 and facts.share(_CODE) >= 0.95:
        says_id = names.words_of(facts.name)[-1:] in (["id"], ["uuid"], ["guid"])
        if facts.rank(names.LABEL) is not None and facts.distinct_share < 0.5:
            return None  # "label_id", "category_id": numbered classes
        if says_id or facts.distinct_share >= 0.95:
            return "identifier", f"names its rows or other things, as its name says: {facts.counted}"
    if facts.filled < _SMALL or facts.dtype.is_numeric() or facts.distinct_share < 0.99:
        return None
    if facts.share(_CODE) >= 0.95 and facts.share(r"\d") >= 0.9 and facts.share(NUMBER) < 0.5:
        return "identifier", f"looks like a code: {facts.counted}, without spaces"
    return None


def _consecutive(facts: Facts) -> bool:
    numbers = facts.values.cast(pl.Int64, strict=False).drop_nulls()
    if numbers.len() < _SMALL:
        return False
    low, high = numbers.min(), numbers.max()
    return isinstance(low, int) and isinstance(high, int) and high - low + 1 == numbers.len()


def _number(facts: Facts) -> Verdict | None:
    if facts.dtype.is_numeric() or bool(facts.values.str.contains(NUMBER).all()):
        return "number", f"holds numbers: {facts.counted}"
    return None


def _text(facts: Facts) -> Verdict | None:
    told = f"looks like free text: {facts.counted}, {facts.mean_chars:.0f} characters on average"
    hinted = _is_hinted_text(facts)
    if facts.filled < _SMALL:
        long = facts.mean_chars >= 20 and facts.distinct_share > 0.5
        return ("text", told) if hinted or long else None
    if hinted and (facts.distinct_share >= 0.3 or facts.distinct > 1000):
        return "text", told
    wordy = facts.mean_chars >= 20 or facts.share(r"\S\s+\S+\s+\S") >= 0.5
    han = facts.share(r"\p{Han}") >= 0.5 and facts.mean_chars >= 4
    if facts.distinct_share >= 0.5 and (wordy or han):
        return "text", told
    return None


def _is_hinted_text(facts: Facts) -> bool:
    rank, other = facts.rank(names.TEXT), facts.rank(names.LABEL)
    return rank is not None and rank < 2000 and (other is None or rank <= other)


def _loose(facts: Facts) -> Verdict | None:
    if facts.filled >= _SMALL and facts.distinct_share >= 0.9:
        return "identifier", f"holds short values that are nearly all different: {facts.counted}"
    return None


_RULES: tuple[Callable[[Facts], Verdict | None], ...] = (
    _empty,
    _boolean,
    _datetime,
    _address,
    _row_number,
    _identifier,
    _number,
    _text,
    _loose,
)
