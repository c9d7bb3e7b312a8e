"""A small real model without a network: its answer depends on the text alone."""

from __future__ import annotations

import threading
import zlib
from dataclasses import dataclass, field

from lepton_ai.codecs.label import LabelCodec
from lepton_ai.core.calibration import Calibration
from lepton_ai.core.errors import InputError
from lepton_ai.package.manifest import CodecRecord, GraphRecord, Manifest
from lepton_ai.package.signature import Signature

LABELS = ["delivery", "password", "refund"]
CRASH = "secret words that make it crash"
REFUSE = "secret words that only the model refuses"
MAX_CHARACTERS = 2000

SIGNATURE = {
    "input": {
        "type": "object",
        "properties": {
            "message": {
                "type": "string",
                "minLength": 1,
                "maxLength": MAX_CHARACTERS,
                "description": "What the customer wrote.",
                "examples": ["Where is my parcel? 我的包裹到哪里了？"],
            },
            "stars": {
                "type": ["integer", "null"],
                "minimum": 1,
                "maximum": 5,
                "description": "Rating given.",
            },
        },
        "required": ["message"],
        "additionalProperties": False,
    },
    "output": LabelCodec(LABELS).answer_schema(),
}

MANIFEST = Manifest(
    format=1,
    task="text-classification",
    name="support",
    version=3,
    created="2026-11-22T08:00:00Z",
    description="What a customer's message is about 客服消息分类",
    inputs=[CodecRecord(column="message", codec="text", params={})],
    output=CodecRecord(column="topic", codec="label", params={"labels": LABELS}),
    graphs={"default": GraphRecord(file="model.onnx", precision="fp32", outputs=["logits"], tolerance=1e-4)},
    signature=SIGNATURE,
    metrics={"macro_f1": {"value": 0.91, "low": 0.89, "high": 0.93}},
    lineage={},
    files={},
)


OUTPUT = LabelCodec(LABELS)
CALIBRATION = Calibration(temperature=1.3, threshold=0.5, risk=0.05, coverage=0.9, rows=100)


@dataclass(frozen=True)
class FakePackage:
    manifest: Manifest = MANIFEST
    inputs: dict = field(default_factory=dict)
    output: LabelCodec = OUTPUT
    calibration: Calibration = CALIBRATION


@dataclass
class FakeModel:
    """Answers at once; while `hold` is cleared, calls of more than `free_rows` rows wait for it."""

    package: FakePackage = field(default_factory=FakePackage)
    hold: threading.Event = field(default_factory=threading.Event)
    free_rows: int = 64
    seen: list[int] = field(default_factory=list)

    def __post_init__(self):
        self.hold.set()
        self._signature = Signature(self.package.manifest.signature["input"])

    def check(self, columns):
        self._signature.check(columns)

    def predict(self, columns):
        self.check(columns)
        messages = columns["message"]
        self.seen.append(len(messages))
        if CRASH in messages:
            raise RuntimeError(f"cannot handle {CRASH}")
        if REFUSE in messages:
            raise InputError("rows[0].message is not one for this model.")
        if len(messages) > self.free_rows:
            assert self.hold.wait(30)
        return [_answer(message) for message in messages]


def _answer(message):
    raw = zlib.crc32(message.encode())
    weights = [1 + (raw >> 8 * place) % 256 for place in range(len(LABELS))]
    scores = dict(zip(LABELS, (weight / sum(weights) for weight in weights), strict=True))
    label = max(scores, key=scores.get)
    return {"label": label, "score": scores[label], "abstained": scores[label] < 0.5, "scores": scores}
