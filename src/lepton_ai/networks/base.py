"""What every network is: arrays of a codec in, logits out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import ClassVar, Self

from torch import nn


class Network(nn.Module, ABC):
    """A module from named arrays to logits.

    `forward` takes the arrays in the order of `arrays` and gives logits of shape [rows, classes]; padding
    (trailing zeros) must not change them. A subclass takes `vocabulary` (array name to the number of
    different ids in it), `classes`, and its own settings as keyword arguments with defaults, so that a
    plan can name it and nothing else.
    """

    arrays: ClassVar[tuple[str, ...]]
    """Names of the arrays that `forward` takes, in its order."""

    @abstractmethod
    def __init__(self, vocabulary: Mapping[str, int], classes: int) -> None:
        super().__init__()

    @classmethod
    def for_serving(cls, trained: Sequence[Self], weights: Sequence[float]) -> list[tuple[Network, float]]:
        """Networks of this class and what their logits count, as they are exported.

        A subclass may give others that answer alike at less cost; these are the networks themselves.
        """
        return list(zip(trained, weights, strict=True))
