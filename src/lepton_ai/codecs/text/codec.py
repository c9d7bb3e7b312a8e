"""The codec of a text column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from lepton_ai.codecs.base import InputCodec
from lepton_ai.codecs.text.bag import Lengths, NgramBag, NgramCounts
from lepton_ai.codecs.text.sequence import UnitCounts, UnitSequence
from lepton_ai.codecs.text.units import Units, segment
from lepton_ai.core.types import JSON, Arrays, Cell

MOST_CHARACTERS = 20_000
"""A longer text is refused by the signature of a package."""

_BATCH = 1000


class TextCodec(InputCodec):
    """Text to a bag of n-grams and to a sequence of units, for Chinese and English alike.

    Encodes to `ngrams` and `values` (see `NgramBag`) and `units` (see `UnitSequence`). Either half can be
    left out, so that serving does not pay for what the graph does not read.

    Example:
        >>> codec = TextCodec.fit(["快递什么时候到", "where is my parcel"], least_texts=1, least_units=1)
        >>> {name: array.shape for name, array in codec.encode(["快递"]).items()}
        {'ngrams': (1, 3), 'values': (1, 3), 'units': (1, 2, 3)}
    """

    name: ClassVar[str] = "text"

    def __init__(self, bag: NgramBag | None, sequence: UnitSequence | None) -> None:
        self.bag = bag
        self.sequence = sequence

    @classmethod
    def fit(
        cls,
        values: Sequence[Cell],
        *,
        ngrams: int = 400_000,
        least_texts: int = 1,
        units: int = 20_000,
        least_units: int = 2,
        longest: int = 256,
        **settings: Any,
    ) -> Self:
        """A codec for the texts in `values`.

        Args:
            values: Texts; a missing one counts as empty.
            ngrams: Most n-grams to know; 0 leaves the bag out.
            least_texts: An n-gram in fewer texts is not known.
            units: Most units, and as many parts of each kind, to know; 0 leaves the sequence out.
            least_units: A unit seen less often is not known.
            longest: Positions of a sequence.
            settings: None others are known.
        """
        if settings:
            raise TypeError(f"TextCodec.fit has no setting {sorted(settings)[0]!r}")
        in_bag = NgramCounts(Lengths()) if ngrams else None
        in_sequence = UnitCounts() if units else None
        for batch in _batches(values):
            if in_bag:
                in_bag.add(batch)
            if in_sequence:
                in_sequence.add(batch)
        return cls(
            in_bag.bag(most=ngrams, least_texts=least_texts) if in_bag else None,
            in_sequence.sequence(most=units, least=least_units, longest=longest) if in_sequence else None,
        )

    def params(self) -> JSON:
        """What counts as an n-gram, the longest sequence, and the ids at a position."""
        params: JSON = {}
        if self.bag:
            params |= asdict(self.bag.lengths)
        if self.sequence:
            params |= {"longest": self.sequence.longest, "parts": self.sequence.parts}
        return params

    def arrays(self) -> Arrays:
        """Hashes of known n-grams with their rarity, and of known units."""
        state: Arrays = {}
        if self.bag:
            state |= {"ngram_keys": self.bag.keys, "ngram_rarity": self.bag.rarity}
        if self.sequence:
            state |= {"unit_keys": self.sequence.keys}
        return state

    @classmethod
    def restore(cls, params: JSON, arrays: Arrays) -> Self:
        """The codec with the state of another."""
        bag = sequence = None
        if "ngram_keys" in arrays:
            lengths = Lengths(*(int(params[field.name]) for field in fields(Lengths)))
            bag = NgramBag(arrays["ngram_keys"], arrays["ngram_rarity"], lengths)
        if "unit_keys" in arrays:
            sequence = UnitSequence(
                arrays["unit_keys"], parts=int(params["parts"]), longest=int(params["longest"])
            )
        return cls(bag, sequence)

    def vocabulary(self) -> Mapping[str, int]:
        """How many ids `ngrams` and `units` may hold."""
        sizes = {}
        if self.bag:
            sizes["ngrams"] = len(self.bag.keys) + 1
        if self.sequence:
            sizes["units"] = self.sequence.ids
        return sizes

    def cell_schema(self) -> JSON:
        """A text of 1 to 20,000 characters."""
        return {"type": "string", "minLength": 1, "maxLength": MOST_CHARACTERS}

    def encode(self, values: Sequence[Cell]) -> Arrays:
        """`ngrams`, `values` and `units` of each text."""
        units = segment([value or "" for value in values])
        arrays = self.bag.encode(units) if self.bag else {}
        return arrays | self.sequence.encode(units) if self.sequence else arrays

    def sizes(self, values: Sequence[Cell]) -> NDArray[np.int64]:
        """Characters of each text."""
        return np.array([len(value or "") for value in values], np.int64)


def _batches(values: Sequence[Cell]) -> Iterator[Units]:
    for start in range(0, len(values), _BATCH):
        yield segment([value or "" for value in values[start : start + _BATCH]])
