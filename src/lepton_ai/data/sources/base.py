"""What every source is: something that yields batches of rows and says where they came from."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from lepton_ai.core.errors import DataError, UsageError
from lepton_ai.data.files import DataFile
from lepton_ai.data.origin import Origin

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, kw_only=True)
class Options:
    """What the user said about the data; None leaves it to be detected.

    Attributes:
        query: SQL statement, for a database.
        sheet: Sheet of a workbook, or dataset or group of an HDF5 file.
        encoding: Text encoding by Python's name.
    """

    query: str | None = None
    sheet: str | None = None
    encoding: str | None = None


class Source(ABC):
    """Rows in one format.

    The constructor only looks: it opens the data far enough to say what it is, and raises `DataError`
    when it cannot be read. `batches` may be called more than once and starts over each time.

    Args:
        data: A `DataFile`, a SQL url, or values in memory, as the source expects.
        options: What the user said.
    """

    name: ClassVar[str]
    """The source's name in the table and in `Origin.format`."""

    accepts: ClassVar[frozenset[str]] = frozenset()
    """Names of the options that mean something to this source; others are refused."""

    def __init__(self, data: Any, options: Options) -> None:
        self.data = data
        self.options = options
        self._refuse_foreign_options()
        self.described = self._describe()

    @abstractmethod
    def _describe(self) -> Origin:
        """Look at the data: its origin, with the notes known before the first row is read."""

    @abstractmethod
    def _batches(self, rows: int) -> Iterator[pl.DataFrame]:
        """Frames of at most about `rows` rows, all with the same columns and types."""

    def _late_notes(self) -> list[str]:
        """Notes that come up while rows are read."""
        return []

    @property
    def origin(self) -> Origin:
        """Where the rows come from; its notes grow while they are read."""
        return replace(self.described, notes=(*self.described.notes, *self._late_notes()))

    def batches(self, rows: int) -> Iterator[pl.DataFrame]:
        """All rows in order, in frames of at most about `rows` rows; none is empty.

        Raises:
            DataError: The data is damaged, or holds no row.
        """
        empty = True
        for frame in self._batches(rows):
            if frame.height:
                empty = False
                yield frame
        if empty:
            raise DataError(f"{self.described.location} holds no rows.", hint="At least one row is needed.")

    def _refuse_foreign_options(self) -> None:
        for name in ("query", "sheet", "encoding"):
            if getattr(self.options, name) is not None and name not in self.accepts:
                raise UsageError(
                    f"{name!r} means nothing for data of the kind {self.name!r}.", hint=f"Leave {name!r} out."
                )


class FileSource(Source):
    """A source whose data is one file."""

    data: DataFile

    def _origin(self, *, encoding: str = "", delimiter: str = "", notes: tuple[str, ...] = ()) -> Origin:
        return Origin(
            location=str(self.data.path),
            format=self.name,
            compression=self.data.compression,
            encoding=encoding,
            delimiter=delimiter,
            notes=notes,
        )

    def _not_this_format(self, error: BaseException | str, advice: str) -> DataError:
        return DataError(f"{self.data.path} cannot be read as {self.name}: {error}.", hint=advice)


def slices(frame: pl.DataFrame, rows: int) -> Iterator[pl.DataFrame]:
    """The rows of a frame that is in memory, `rows` at a time."""
    for start in range(0, frame.height, rows):
        yield frame.slice(start, rows)
