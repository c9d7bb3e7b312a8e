"""`lepton version`: which release this is, and on what it runs."""

from __future__ import annotations

import importlib.metadata
import platform
from collections.abc import Sequence

from lepton_ai.cli.console import Console
from lepton_ai.cli.parser import Namespace, Parser
from lepton_ai.version import __version__

_LIBRARIES = ("numpy", "onnxruntime", "polars", "torch")


def parser(argv: Sequence[str]) -> Parser:
    """The arguments of the verb."""
    return Parser("version", description="Tell the version of Lepton AI and of what it stands on.")


def run(args: Namespace, console: Console) -> int:
    """Tell the versions."""
    versions = {"lepton-ai": __version__, "python": platform.python_version()}
    versions |= {library: _version_of(library) for library in _LIBRARIES}
    for library, version in versions.items():
        console.say(f"{library:<12} {version}")
    console.result(versions)
    return 0


def _version_of(library: str) -> str:
    try:
        return importlib.metadata.version(library)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"
