"""Import everything that a serving host may import and resolve every table of it.

Run as a program in a process of its own. With `--block`, the libraries of the training side cannot be
imported even where they are installed. Prints what it imported as JSON.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.util
import json
import pkgutil
import sys

BLOCKED = {
    "torch",
    "onnxscript",
    "onnx",
    "polars",
    "pandas",
    "pyarrow",
    "sklearn",
    "h5py",
    "sqlalchemy",
    "fastexcel",
}
ROOMS = ("core", "codecs", "metrics", "package", "store", "serving", "cli")
"""Rooms that are imported whole. Of `data`, the serving side needs the room's own module only."""


class Blocker(importlib.abc.MetaPathFinder):
    """Refuses the libraries of the training side as if they were not installed."""

    def find_spec(self, fullname, path=None, target=None):
        if fullname.partition(".")[0] in BLOCKED:
            raise ModuleNotFoundError(f"the serving side reached for {fullname}", name=fullname)
        return


def modules_of(room: str) -> list[str]:
    package = importlib.import_module(f"lepton_ai.{room}")
    found = pkgutil.walk_packages(package.__path__, prefix=f"lepton_ai.{room}.")
    return [package.__name__, *(module.name for module in found if not module.name.endswith("__main__"))]


def main() -> None:
    if "--block" in sys.argv:
        sys.meta_path.insert(0, Blocker())
    names = ["lepton_ai", "lepton_ai.data"]
    for room in ROOMS:
        if importlib.util.find_spec(f"lepton_ai.{room}") is not None:
            names += modules_of(room)
    modules = [importlib.import_module(name) for name in names]

    from lepton_ai.core.registry import Registry

    entries = []
    for module in modules:
        if module.__name__ in ("lepton_ai", "lepton_ai.data") or module.__name__.startswith("lepton_ai.cli"):
            continue
        for name, table in vars(module).items():
            if isinstance(table, Registry):
                for entry in table:
                    assert table[entry] is not None
                    entries.append(f"{name}.{entry}")
    reached = sorted(BLOCKED & {name.partition(".")[0] for name in sys.modules})
    print(json.dumps({"modules": names, "entries": sorted(set(entries)), "reached": reached}))


if __name__ == "__main__":
    main()
