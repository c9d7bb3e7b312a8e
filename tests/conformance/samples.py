"""What the conformance suites need to know of an entry: whoever adds one adds a line here at most."""

from __future__ import annotations

VALUES = {
    "label": ["refund", "delivery", "退款", "delivery", 3, True],
    "text": ["where is my parcel", "快递到哪里了？", "refund, please!", "我要退款 refund", "x", "？"],
}
"""Codec: cells that it is fitted on. Every codec needs a line."""

UNSEEN = {
    "text": ["zzzz", "", "猫", "where " * 400, "\x00", "\ud800", "a\u0301ＡＢ"],
}
"""Codec of an input: cells that it never saw and must encode all the same."""

ARRAYS_FROM = {}
"""Network: the codec whose arrays it reads, where that is not "text"."""

SMALL = {
    "text_cnn": {"width": 16, "filters": 8},
    "recurrent": {"width": 16, "hidden": 8},
    "transformer": {"width": 16, "heads": 2, "layers": 1},
}
"""Network: settings that make it small, where its defaults take long."""

TRAINS = {"full_batch": "wide_ngram"}
"""Trainer: a network that it trains, where that is not "text_cnn"."""

SETTINGS = {"steps": {"epochs": 6, "batch": 6, "learning_rate": 2e-2}}
"""Trainer: settings that suit a few dozen rows, where its defaults are for more."""

TEXTS = [
    text
    for number in range(6)
    for text in (
        f"where is parcel {number}",
        f"包裹{number}到哪里了，请问？",
        f"refund order {number} please, it is much too late",
        f"订单{number}退款",
        f"cancel {number}",
        f"取消订单{number}，谢谢",
    )
]
CLASSES = [0, 0, 1, 1, 2, 2] * 6
