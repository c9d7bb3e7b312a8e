"""Names that lead to classes, without importing them before they are used."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar, cast

from lepton_ai.core.errors import NotFoundError, did_you_mean

T = TypeVar("T")


class Registry(Mapping[str, T], Generic[T]):
    """A read-only table from a name to an object, each imported at its first use.

    One line of the table is one entry, so a table reads as the list of everything a room offers.

    Args:
        kind: What an entry is called in an error ("codec", "network").
        entries: Name to "package.module:Object".

    Example:
        >>> from lepton_ai.core.registry import Registry
        >>> maths = Registry("function", {"root": "math:sqrt"})
        >>> maths["root"](9.0)
        3.0
    """

    def __init__(self, kind: str, entries: Mapping[str, str]) -> None:
        self.kind = kind
        self._entries = dict(entries)

    def __getitem__(self, name: str) -> T:
        try:
            target = self._entries[name]
        except KeyError:
            raise NotFoundError(
                f"There is no {self.kind} named {name!r}.", hint=did_you_mean(name, self._entries)
            ) from None
        module, _, attribute = target.partition(":")
        return cast(T, getattr(importlib.import_module(module), attribute))

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, name: object) -> bool:
        return name in self._entries
