"""Small trainings that take milliseconds."""

from __future__ import annotations

import numpy as np

from lepton_ai.codecs.text import TextCodec
from lepton_ai.core.plan import CodecPlan, NetworkPlan, Plan
from lepton_ai.core.progress import Silent
from lepton_ai.networks import NETWORKS
from lepton_ai.training.ragged import EncodedRows
from lepton_ai.training.trainers import Lesson

TEXTS = [
    text
    for number in range(12)
    for text in (
        f"where is parcel {number}",
        f"包裹{number}到哪里",
        f"refund order {number}",
        f"订单{number}退款",
    )
]
CLASSES = [0, 0, 1, 1] * 12
ARRAYS = ("ngrams", "values", "units")
SMALL = {
    "text_cnn": {"width": 16, "filters": 8, "spans": [1, 2]},
    "recurrent": {"width": 16, "hidden": 8},
    "transformer": {"width": 16, "heads": 2, "layers": 1},
}


class Counting:
    """A `Progress` that counts."""

    def __init__(self):
        self.stages, self.steps = [], 0

    def stage(self, name, total=0):
        self.stages.append((name, total))

    def advance(self, steps=1, note=""):
        self.steps += steps

    def note(self, line):
        pass


def codec(texts=TEXTS):
    return TextCodec.fit(texts, least_units=1)


def rows_of(texts=TEXTS, arrays=ARRAYS):
    return EncodedRows(codec(), texts, arrays)


def one_hot(numbers, classes=2):
    return np.eye(classes, dtype=np.float32)[np.asarray(numbers)]


def network(name, classes=2, **settings):
    return NETWORKS[name](codec().vocabulary(), classes, **{**SMALL.get(name, {}), **settings})


def lesson(settings=None, *, texts=TEXTS, numbers=CLASSES, classes=2, seed=0, watch=None, progress=None):
    return Lesson(
        rows=rows_of(texts),
        targets=one_hot(numbers, classes),
        weights=np.ones(len(texts), np.float32),
        settings=settings or {},
        seed=seed,
        progress=progress or Silent(),
        watch=watch,
    )


def wide(**training):
    return NetworkPlan("wide_ngram", "full_batch", training=training)


def plan(*networks, **changes):
    return Plan(
        **{
            "task": "text-classification",
            "input": CodecPlan("text", "text", {"least_units": 1}),
            "output": CodecPlan("label", "label"),
            "networks": networks or (wide(),),
            "rounds": 2,
            **changes,
        }
    )
