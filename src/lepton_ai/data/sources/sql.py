"""The rows of a SQL query, through SQLAlchemy; SQLite works without a further driver."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import polars as pl
import sqlalchemy as sa

from lepton_ai.core.errors import DataError, MissingDependencyError
from lepton_ai.data.columns import ColumnTypes, kind_of, unique_names
from lepton_ai.data.origin import Origin
from lepton_ai.data.sources.base import Options, Source

_PARAMETER = re.compile(r"(?<![:\w\\]):(?=\w)")
"""A colon that SQLAlchemy would take for the start of a parameter; a query has none."""


class SqlSource(Source):
    """Rows of a query. A server-side cursor is used where the database has one.

    A column's type is that of its values in the first batch; a later value of another type is an error,
    since the rows before it are gone.
    """

    name: ClassVar[str] = "sql"
    accepts = frozenset({"query"})

    def __init__(self, data: str, options: Options) -> None:
        super().__init__(data, options)

    def _describe(self) -> Origin:
        try:
            self.url = sa.make_url(self.data)
        except (sa.exc.ArgumentError, ValueError) as error:
            raise DataError(
                "The SQL url cannot be read.",
                hint="Write it as sqlite:///folder/file.db or postgresql://host/name.",
            ) from error
        self.location = self.url.render_as_string(hide_password=True)
        self._check_sqlite_file()
        if not (self.options.query or "").strip():
            raise DataError(f"A query is needed to read {self.location}.", hint=self._tables())
        self._types: ColumnTypes | None = None
        return Origin(location=self.location, format=self.name, notes=(f"Query: {self.options.query}",))

    def _check_sqlite_file(self) -> None:
        path = self.url.database
        if not self.url.drivername.startswith("sqlite") or not path or path.startswith("file:"):
            return
        if path != ":memory:" and not Path(path).is_file():
            raise DataError(
                f"There is no SQLite file {path}.", hint="An absolute path needs four slashes: sqlite:////."
            )

    def _engine(self) -> sa.Engine:
        try:
            return sa.create_engine(self.url)
        except sa.exc.NoSuchModuleError as error:
            raise DataError(
                f"The kind of database {self.url.drivername!r} is not known.",
                hint="Known without more: 'sqlite'. Others need their SQLAlchemy driver installed.",
            ) from error
        except ModuleNotFoundError as error:
            raise MissingDependencyError(
                f"Reading {self.location} needs the driver {error.name!r}, which is not installed.",
                hint=f"Install it with: pip install {error.name}",
            ) from error

    def _tables(self) -> str:
        engine = self._engine()
        try:
            names = sa.inspect(engine).get_table_names()
        except sa.exc.SQLAlchemyError:
            return "Give one with 'query'."
        finally:
            engine.dispose()
        listed = ", ".join(names[:20]) or "none"
        example = f" For example, all of a table: SELECT * FROM {names[0]}" if names else ""  # noqa: S608 - advice
        return f"Give one with 'query'. Tables: {listed}.{example}"

    def _batches(self, rows: int) -> Iterator[pl.DataFrame]:
        engine = self._engine()
        try:
            with engine.connect() as connection:
                options = {"stream_results": True, "yield_per": rows}
                query = _PARAMETER.sub(r"\:", str(self.options.query))
                statement = sa.text(query).execution_options(**options)
                result = connection.execute(statement)
                if not result.returns_rows:
                    raise DataError("The query returns no table.", hint="Use a SELECT statement.")
                names, self._renamed = unique_names(list(result.keys()))
                yield from self._frames(result, names, rows)
        except sa.exc.SQLAlchemyError as error:
            reason = str(getattr(error, "orig", None) or error).splitlines()[0]
            raise DataError(
                f"The query on {self.location} failed: {reason}.", hint=f"Query: {self.options.query}"
            ) from error
        finally:
            engine.dispose()

    def _frames(self, result: Any, names: list[str], size: int) -> Iterator[pl.DataFrame]:
        types: ColumnTypes | None = None
        row_number = 1
        for part in result.partitions(size):
            rows = [dict(zip(names, row, strict=True)) for row in part]
            if types is None:
                types = self._types = ColumnTypes()
                types.observe(rows)
                for kinds in types.kinds.values():
                    kinds.update({"text"} if not kinds else set())
            else:
                _check_kinds(types, rows, row_number)
            yield types.frame(rows)
            row_number += len(rows)

    def _late_notes(self) -> list[str]:
        return [*getattr(self, "_renamed", []), *(self._types.notes() if self._types else [])]


def _check_kinds(types: ColumnTypes, rows: list[dict[str, Any]], first: int) -> None:
    for place, row in enumerate(rows):
        for name, value in row.items():
            kinds = types.kinds[name]
            if value is None or (kind := kind_of(value)) in kinds or "text" in kinds or len(kinds) > 1:
                continue
            if kinds == {"float"} and kind == "integer":
                continue
            raise DataError(
                f"Column {name!r} of the query holds {next(iter(kinds))} values at first, and a {kind} value "
                f"in row {first + place}.",
                hint=f"Give it one type in the query: CAST({name} AS TEXT) AS {name}.",
            )
