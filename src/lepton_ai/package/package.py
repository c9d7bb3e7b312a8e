"""An opened package: its manifest, its restored codecs, and its graphs on demand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lepton_ai.codecs.base import InputCodec, OutputCodec
from lepton_ai.core.calibration import Calibration
from lepton_ai.core.types import JSON
from lepton_ai.package.example import Example
from lepton_ai.package.files import read_verified
from lepton_ai.package.manifest import Manifest
from lepton_ai.package.session import GraphSession
from lepton_ai.package.source import load_manifest, open_files

WEIGHTS = "weights/"
"""The folder with what a training can go on from."""


@dataclass(frozen=True, kw_only=True)
class Package:
    """A model package whose files were all found as its manifest lists them.

    Attributes:
        path: The folder or archive it lies in.
        manifest: What it says of itself.
        inputs: Codec by input column, in the manifest's order.
        output: The codec that makes the answers.
        calibration: How scores are calibrated and when the model abstains.
        example: Rows with the trained network's answers.
        profile: Reference statistics of the training rows, for drift.
        card: The model card, as Markdown.
        size_bytes: Bytes of all its files.
    """

    path: Path
    manifest: Manifest
    inputs: Mapping[str, InputCodec]
    output: OutputCodec
    calibration: Calibration
    example: Example
    profile: JSON
    card: str
    size_bytes: int
    _sessions: dict[str, GraphSession] = field(default_factory=dict, repr=False, compare=False)

    def session(
        self, graph: str = "default", *, threads: int = 1, model: bytes | None = None
    ) -> GraphSession:
        """A graph ready to run. That of the default graph is kept, so that a replay costs no second load.

        Args:
            graph: Name of the graph.
            threads: Threads that one run may use.
            model: The bytes of the graph's file, when they were read and checked just now.

        Raises:
            PackageError: The graph's file was changed since the package was opened, or does not load.
        """
        kept = self._sessions.get(graph)
        if kept is not None and kept.threads == threads:
            return kept
        name = self.manifest.graphs[graph].file
        made = GraphSession(self.read(name) if model is None else model, name=name, threads=threads)
        if graph == "default":
            self._sessions[graph] = made
        return made

    def read(self, name: str) -> bytes:
        """The content of one of the package's files, checked against the manifest.

        Raises:
            PackageError: The package was changed since it was opened.
        """
        files = open_files(self.path)
        load_manifest(files)
        return read_verified(files, name, self.manifest.files[name])

    def weights(self) -> dict[str, bytes]:
        """What a training can go on from, by name; empty when it was left out of the package."""
        names = [name for name in self.manifest.files if name.startswith(WEIGHTS)]
        return {name.removeprefix(WEIGHTS): self.read(name) for name in names}
