"""From a path to the listed, checked files of a package and its manifest."""

from __future__ import annotations

from pathlib import Path

from lepton_ai.core.errors import PackageError
from lepton_ai.package.archive import ZipFiles
from lepton_ai.package.files import PackageFiles, check_listing
from lepton_ai.package.folder import FolderFiles
from lepton_ai.package.manifest import Manifest, read_manifest


def open_files(path: Path) -> PackageFiles:
    """The files of the package at `path`, a folder or a zip archive.

    Raises:
        PackageError: Nothing is there, it is neither, or its listing is not that of a package.
    """
    if path.is_dir():
        return FolderFiles(path)
    if path.is_file():
        return ZipFiles(path)
    raise PackageError(
        f"There is no model package at {path}.",
        hint="Give the folder or the .zip file that a training wrote.",
    )


def load_manifest(files: PackageFiles) -> Manifest:
    """The manifest of a package, which lists exactly the files that are there (their content is not read).

    Raises:
        PackageError: See `read_manifest` and `check_listing`.
    """
    manifest = read_manifest(files.manifest_bytes())
    check_listing(files, manifest)
    return manifest
