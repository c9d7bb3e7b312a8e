"""What every codec is: fitted, saved, restored, and the same in training and in serving."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self

from numpy.typing import NDArray

from lepton_ai.core.calibration import Calibration
from lepton_ai.core.types import JSON, Arrays, Cell, Columns


class Codec(ABC):
    """Turns the cells of one column into arrays, or arrays back into answers.

    A codec is immutable once made. Its whole state is `params()` (small, JSON) and `arrays()` (large,
    numeric), and `restore` makes an equal codec from the two. Codecs use numpy only.
    """

    name: ClassVar[str]
    """The codec's name in the table and in a package's manifest."""

    @classmethod
    @abstractmethod
    def fit(cls, values: Sequence[Cell], **settings: Any) -> Self:
        """A codec fitted on the training rows of one column."""

    @abstractmethod
    def params(self) -> JSON:
        """The small part of the state, as JSON values."""

    @abstractmethod
    def arrays(self) -> Arrays:
        """The large part of the state; empty when there is none."""

    @classmethod
    @abstractmethod
    def restore(cls, params: JSON, arrays: Arrays) -> Self:
        """The codec that `params()` and `arrays()` came from."""

    @abstractmethod
    def cell_schema(self) -> JSON:
        """JSON Schema (2020-12) of one cell of this column, as a request carries it."""


class InputCodec(Codec):
    """Turns the cells of an input column into the arrays that a graph reads."""

    @abstractmethod
    def encode(self, values: Sequence[Cell]) -> Arrays:
        """Arrays for `values`, each with one row per value, padded to the longest row of the call.

        Trailing zeros are padding in every array; no network's answer may depend on how many there are
        (an array of one fixed width has none). A codec whose column only shapes the answer gives none.
        A missing cell (None) is encoded as an empty one: what is allowed is decided by `cell_schema`.
        """

    @abstractmethod
    def sizes(self, values: Sequence[Cell]) -> NDArray[Any]:
        """Shape [rows]: how much work each cell is (its length), to batch rows of like size together."""

    def vocabulary(self) -> Mapping[str, int]:
        """Array name to the number of different ids in it, for the arrays that hold ids."""
        return {}


class OutputCodec(Codec):
    """Turns the target column into training targets, and graph outputs into answers."""

    @abstractmethod
    def encode(self, values: Sequence[Cell]) -> NDArray[Any]:
        """Training targets for `values`; the first axis is the row.

        Raises:
            DataError: A value was not seen by `fit`.
        """

    @abstractmethod
    def decode(self, outputs: Arrays, calibration: Calibration, columns: Columns) -> list[JSON]:
        """One answer a row.

        Args:
            outputs: The outputs of the graph by name; they are left as they are.
            calibration: How scores are made honest.
            columns: The input columns of the same rows, for what an answer takes from the request itself.
        """

    @abstractmethod
    def answer_schema(self) -> JSON:
        """JSON Schema (2020-12) of one answer of `decode`."""
