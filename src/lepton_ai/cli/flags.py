"""Command-line flags read off a constructor, so that a new task needs no new command-line code."""

from __future__ import annotations

import argparse
import inspect
import re
import sys
import types
import typing
from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args, get_origin

from lepton_ai.cli.parser import Namespace, Parser

_SCALARS: dict[type, str] = {str: "TEXT", int: "N", float: "X"}
"""The plain types that a flag can carry, with what stands for the value in the help."""


def add_settings(
    parser: Parser, target: type, *, skip: Sequence[str] = (), title: str = "settings of the task"
) -> None:
    """Add a flag for every keyword argument of `target` that a command line can carry.

    Text, numbers, booleans, choices (`Literal`) and lists of text have flags; an argument of another type
    (a callback, say) has none. A flag's help is the argument's entry under "Args:" or "Attributes:" in the
    docstring of the class. Nothing is passed on for a flag that was not given, so defaults stay in one place.

    Args:
        parser: Where the flags go.
        target: The class whose constructor is read.
        skip: Arguments that get no flag.
        title: The heading of the flags in the help.
    """
    group = parser.add_argument_group(title)
    described = describe_arguments(inspect.getdoc(target) or "")
    for name, parameter in settings_of(target).items():
        if name in skip:
            continue
        options = _options(_annotation(target, parameter))
        if options is None:
            continue
        text = described.get(name, "").replace("%", "%%")
        if parameter.default not in (None, inspect.Parameter.empty):
            text = f"{text} (default: {parameter.default})".strip()
        flag = "--" + name.replace("_", "-")
        group.add_argument(flag, dest=name, default=argparse.SUPPRESS, help=text, **options)


def given_settings(args: Namespace, target: type, *, skip: Sequence[str] = ()) -> dict[str, Any]:
    """The keyword arguments for `target` whose flags were given."""
    given = vars(args)
    found = {name: given[name] for name in settings_of(target) if name in given and name not in skip}
    return {name: _single(value) for name, value in found.items()}


def settings_of(target: type) -> Mapping[str, inspect.Parameter]:
    """The keyword-only arguments of the constructor of `target`, by name."""
    parameters = inspect.signature(target).parameters
    return {name: one for name, one in parameters.items() if one.kind is inspect.Parameter.KEYWORD_ONLY}


def describe_arguments(docstring: str) -> dict[str, str]:
    """What a docstring in Google's style says of each argument (or attribute), on one line."""
    part = re.search(r"^(?:Args|Attributes):\n((?:[ \t]+.*\n?|\n)*)", docstring, flags=re.MULTILINE)
    if part is None:
        return {}
    found: dict[str, str] = {}
    name = ""
    for line in inspect.cleandoc(part[1]).splitlines():
        opening = re.match(r"(\w+)(?: \([^)]*\))?: (.*)", line)
        if opening:
            name = opening[1]
            found[name] = opening[2].strip()
        elif name and line.strip():
            found[name] += " " + line.strip()
    return found


def _annotation(target: type, parameter: inspect.Parameter) -> Any:
    """The type of an argument; `object` when its name exists for type checkers only."""
    if not isinstance(parameter.annotation, str):
        return parameter.annotation
    owner = next(base for base in target.__mro__ if "__init__" in vars(base))
    scope = {**vars(typing), **vars(sys.modules[owner.__module__])}
    try:
        return eval(parameter.annotation, scope)  # noqa: S307 - an annotation of our own source
    except NameError:
        return object


def _options(annotation: Any) -> dict[str, Any] | None:
    """What argparse needs for a type; None when no flag can carry it."""
    kinds = _alternatives(annotation)
    if kinds == [bool]:
        return {"action": argparse.BooleanOptionalAction}
    if any(_is_text_list(kind) for kind in kinds):
        return {"action": "append", "type": str, "metavar": "TEXT"}
    choices = [choice for kind in kinds if get_origin(kind) is Literal for choice in get_args(kind)]
    if choices:
        return {"choices": choices, "type": type(choices[0])}
    scalar = next((kind for kind in _SCALARS if kind in kinds), None)
    return None if scalar is None else {"type": scalar, "metavar": _SCALARS[scalar]}


def _alternatives(annotation: Any) -> list[Any]:
    if get_origin(annotation) in (typing.Union, types.UnionType):
        return [kind for kind in get_args(annotation) if kind is not type(None)]
    return [annotation]


def _is_text_list(kind: Any) -> bool:
    origin = get_origin(kind)
    return isinstance(origin, type) and issubclass(origin, Sequence) and str in get_args(kind)


def _single(value: Any) -> Any:
    """A list of one is the value itself: an argument that takes several takes one as well."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value
