"""A package folder into one file, and back."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from lepton_ai.core.errors import PackageError
from lepton_ai.core.files import atomic_folder, sync_folder
from lepton_ai.package.archive import write_archive
from lepton_ai.package.files import PackageFiles, pieces_verified
from lepton_ai.package.manifest import MANIFEST, Manifest
from lepton_ai.package.source import load_manifest, open_files


def pack(folder: Path, archive: Path) -> None:
    """Write a package as one zip file, the same bytes every time.

    Args:
        folder: A package (a zip archive will do as well and is written in the canonical form).
        archive: The file to write; one that is there is replaced, whole or not at all.

    Raises:
        PackageError: The package is damaged; nothing is written.
    """
    files = open_files(folder)
    verify(files, load_manifest(files))
    archive.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{archive.name}.", suffix=".part", dir=archive.parent)
    part = Path(name)
    try:
        with os.fdopen(handle, "w+b") as file:
            write_archive(file, files)
            file.flush()
            os.fsync(file.fileno())
        part.chmod(0o644)
        part.replace(archive)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    sync_folder(archive.parent)


def unpack(archive: Path, folder: Path) -> None:
    """Write the files of a package into a new folder.

    Args:
        archive: A package, as a zip archive or a folder.
        folder: The folder to appear; it must not exist.

    Raises:
        PackageError: The package is damaged or hostile; nothing is written.
        LeptonError: `folder` exists already.
    """
    files = open_files(archive)
    manifest = load_manifest(files)
    verify(files, manifest)
    with atomic_folder(folder) as building:
        copy_files(files, manifest, building)
        (building / MANIFEST).write_bytes(files.manifest_bytes())


def verify(files: PackageFiles, manifest: Manifest) -> None:
    """Read every file of a package and refuse it when one has not the content it was written with."""
    for name, record in manifest.files.items():
        for _piece in pieces_verified(files, name, record):
            pass


def copy_files(files: PackageFiles, manifest: Manifest, folder: Path) -> None:
    """Copy every file but the manifest into a folder, checking their content on the way.

    Raises:
        PackageError: A file has not the content it was written with; what was copied stays.
    """
    for name, record in manifest.files.items():
        target = folder / name
        if not target.resolve().is_relative_to(folder.resolve()):
            raise PackageError(f"The package holds a path that leaves its folder: {name!a}.")
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as file:
            for piece in pieces_verified(files, name, record):
                file.write(piece)
