"""How raw scores become honest ones, and from which score on an answer is given."""

from __future__ import annotations

from typing import Annotated

import msgspec


class Calibration(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What `calibration.json` of a package holds.

    Attributes:
        temperature: Logits are divided by it before the softmax (Guo et al. 2017, arXiv 1706.04599).
        threshold: An answer whose top score is lower abstains; 0 never abstains, over 1 always.
        risk: The share of wrong answers among those kept that the threshold was chosen for.
        coverage: The share of validation rows kept at that threshold.
        rows: How many validation rows both were chosen on.
    """

    temperature: Annotated[float, msgspec.Meta(gt=0)] = 1.0
    threshold: Annotated[float, msgspec.Meta(ge=0, le=2)] = 0.0
    risk: float | None = None
    coverage: float = 1.0
    rows: int = 0
