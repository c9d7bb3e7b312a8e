"""Says so when a model is tested on texts that it was trained on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lepton_ai.core.errors import DataError, PackageError
from lepton_ai.package import Package
from lepton_ai.package.manifest import RESTORE
from lepton_ai.package.package import WEIGHTS

if TYPE_CHECKING:
    import polars as pl

    from lepton_ai.core.plan import Plan, TrainingRows
    from lepton_ai.training.fit import Trained

SEEN_TEXTS = "seen_texts.safetensors"
"""The file beside the weights with the hashes of the training texts."""


def seen_texts(plan: Plan, rows: TrainingRows, trained: Trained) -> bytes:
    """The content of `SEEN_TEXTS` for a model: hashes of the texts that its networks were fitted to."""
    import polars as pl  # noqa: PLC0415 - only training needs it

    from lepton_ai.data.seen import SeenTexts  # noqa: PLC0415 - see above

    texts = pl.Series(rows.columns[plan.input.column], dtype=pl.String)
    fitted = np.ones(len(texts), bool)
    if not plan.refit:
        fitted[trained.held_out] = False
    return SeenTexts.of(texts.filter(pl.Series(fitted))).to_bytes()


def overlap_notes(package: Package, texts: pl.Series) -> list[str]:
    """What is to be said of test texts that the model was trained on; nothing when there are none.

    Nothing either when the package does not tell, because its weights were left out.

    Raises:
        PackageError: The file that tells is damaged.
    """
    from lepton_ai.data.seen import SeenTexts  # noqa: PLC0415 - needs the libraries of the training side

    name = WEIGHTS + SEEN_TEXTS
    if name not in package.manifest.files:
        return []
    try:
        found = SeenTexts.from_bytes(package.read(name)).overlap(texts)
    except DataError as error:
        raise PackageError(f"{name} is damaged: {error.message}", hint=RESTORE) from None
    if not found.seen:
        return []
    count = (
        f"{found.seen:,} of {found.texts:,} rows ({found.share:.1%}) have"
        if found.judged == found.texts
        else f"About {found.share:.1%} of {found.texts:,} rows (by a sample of {found.judged:,}) have"
    )
    return [f"{count} a text that was in the training data; the scores flatter the model."]
