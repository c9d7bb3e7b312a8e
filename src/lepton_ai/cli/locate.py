"""What a model is called on the command line: a name in the store, or a package on disk."""

from __future__ import annotations

from pathlib import Path

from lepton_ai.core.errors import NotFoundError, UsageError
from lepton_ai.core.settings import home
from lepton_ai.store import ModelStore

NAME_HELP = "a stored model (NAME or NAME@VERSION), or the path of a package folder or .zip"


def store() -> ModelStore:
    """The store of this installation."""
    return ModelStore(home() / "models")


def check_folder_of(path: Path | None) -> None:
    """Refuse a file whose folder is not there: better before the work than after it.

    Raises:
        UsageError: The folder does not exist.
    """
    if path is not None and not path.absolute().parent.is_dir():
        raise UsageError(
            f"{path} cannot be written: the folder {path.parent} does not exist.",
            hint="Make the folder first, or choose another place.",
        )


def locate(name: str) -> Path:
    """The package that `name` stands for.

    Whatever holds a path separator, ends in ".zip" or is a folder with a manifest is a path; anything else
    is a name in the store.

    Raises:
        NotFoundError: Neither is there.
    """
    path = Path(name).expanduser()
    if "/" in name or path.suffix == ".zip" or (path / "manifest.json").is_file():
        if not path.exists():
            raise NotFoundError(f"There is no package at {name}.", hint="Stored models: lepton models")
        return path
    return store().resolve(name)
