"""Old manifests in, today's manifest out: one function for each step of the package format."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from lepton_ai.core.errors import PackageError
from lepton_ai.core.types import JSON
from lepton_ai.version import __version__

FORMAT = 1
"""The package format that this release writes. Releases read every format up to their own."""

Step: TypeAlias = Callable[[JSON], JSON]
"""Takes a manifest of format n and gives one of format n + 1; it may change its argument."""

MIGRATIONS: Mapping[int, Step] = {}
"""Step by the format it starts from. Format 1 is the first, so there is none yet."""


def migrate(manifest: JSON, *, current: int = FORMAT, steps: Mapping[int, Step] = MIGRATIONS) -> JSON:
    """Bring a decoded `manifest.json` to the format `current`.

    Args:
        manifest: The JSON object, of any format.
        current: The format wanted.
        steps: The functions to get there.

    Raises:
        PackageError: The format is newer than `current`, older than any known step, or no whole number.
    """
    number = manifest.get("format")
    if type(number) is not int:
        raise PackageError(
            "manifest.json does not say which package format it is of.",
            hint="It is damaged, or this is not a Lepton AI model package.",
        )
    if number > current:
        raise PackageError(_newer(number, current, manifest.get("release")), hint=_UPGRADE)
    while number < current:
        step = steps.get(number)
        if step is None:
            raise PackageError(
                f"The package is of format {number}, which was never released; this release"
                f" ({__version__}) reads formats {min(steps, default=current)} to {current}.",
                hint="It is damaged, or was written by a build that was not released: train it again.",
            )
        manifest = step(manifest)
        number += 1
        manifest["format"] = number
    return manifest


_UPGRADE = "Install a newer release: pip install --upgrade lepton-ai"


def _newer(number: int, current: int, writer: object) -> str:
    """What is said of a package from the future."""
    shown = str(number) if number < 1 << 31 else "beyond 2147483647"
    named = isinstance(writer, str) and 0 < len(writer) <= 40 and writer.isprintable()
    by = f", written by Lepton AI {writer}" if named else ""
    return (
        f"The package is of format {shown}{by}; this release ({__version__}) reads formats up to {current},"
        " and a newer release reads this one."
    )
