"""What the server needs of a model; `lepton_ai.package.runtime.Runtime` is one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol, TypeAlias

from lepton_ai.codecs.base import InputCodec, OutputCodec
from lepton_ai.core.calibration import Calibration
from lepton_ai.core.types import JSON, Columns
from lepton_ai.package.manifest import Manifest


class Packaged(Protocol):
    """What a model says of itself."""

    @property
    def manifest(self) -> Manifest:
        """Task, name, version, signature, metrics."""

    @property
    def inputs(self) -> Mapping[str, InputCodec]:
        """Codec by input column."""

    @property
    def output(self) -> OutputCodec:
        """The codec that makes its answers."""

    @property
    def calibration(self) -> Calibration:
        """How its scores were calibrated, and below which one it abstains."""


class Model(Protocol):
    """Answers rows. It may be asked from several threads at once."""

    @property
    def package(self) -> Packaged:
        """The package behind the model."""

    def predict(self, columns: Columns, /) -> list[JSON]:
        """One answer a row, each as the signature's output says.

        Raises:
            InputError: A cell does not fit; the message tells the row and the field.
        """


Loader: TypeAlias = Callable[[], Model]
"""Opens a model. Called once, in a thread, while the server already answers /healthz."""
