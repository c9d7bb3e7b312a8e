"""What the conformance suites need to know of an entry: whoever adds one adds a line here at most."""

from __future__ import annotations

VALUES = {
    "entity": ["u2", "u1", 7, "7", "用户", 42.0],
    "history": [["a", "b", 3], ["b", "b"], [], ["电影", "a", " c "]],
    "label": ["refund", "delivery", "退款", "delivery", 3, True],
    "number": [4.5, 1, 5, 3.25, 1.0],
    "ranking_options": [{"k": 3}, {}, {"deny": ["a", 3], "diversity": 0.5}],
    "text": ["where is my parcel", "快递到哪里了？", "refund, please!", "我要退款 refund", "x", "？"],
    "top_items": ["a", "电影", 3, "a", 42.0],
}
"""Codec: cells that it is fitted on. Every codec needs a line."""

UNSEEN = {
    "entity": ["nobody", "", 8, 7.5, True, "x" * 300],
    "history": [
        "nobody",
        7,
        ["zzz", "a"],
        {"user": "x", "history": ["b"] * 300},
        {},
        True,
        [[]],
        {"user": []},
    ],
    "ranking_options": [None, {"k": None}],
    "text": ["zzzz", "", "猫", "where " * 400, "\x00", "\ud800", "a\u0301ＡＢ"],
}
"""Codec of an input: cells that it never saw and must encode all the same."""

GRAPH_OUTPUTS = {
    "label": lambda codec: {"logits": [len(codec.labels)]},
    "number": lambda codec: {"value": [1]},
    "top_items": lambda codec: {"scores": [len(codec.items)], "seen": [2]},
}
"""Codec of an output: what a graph gives for it, each with its shape behind the axis of the rows."""

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

RANKING_TRAINS = {
    "autoencoder": "item_linear",
    "neighbours": "item_linear",
    "pairs": "neumf",
    "transitions": "item_linear",
}
"""Trainer of recommenders: a network that it trains, where that is not "two_tower"."""

RANKING_TRAINED_BY = {"item_linear": "transitions", "neumf": "pairs"}
"""Network of a recommender: what trains it, where that is not "next_item"."""

RANKING_SETTINGS = {
    "autoencoder": {"penalty": 1.0},
    "neighbours": {},
    "next_item": {"epochs": 25, "batch": 8, "learning_rate": 1e-2},
    "pairs": {"epochs": 40, "batch": 64, "learning_rate": 3e-2},
    "transitions": {"penalty": 1.0},
}
"""Trainer of recommenders: settings that suit a few dozen short histories."""

RANKING_SMALL = {
    "caser": {"window": 3},
    "gru_sequence": {"hidden": 16},
    "neumf": {"width": 8, "dropout": 0.0},
}
"""Network of a recommender: settings that make it small, beside the width."""

RATING_TRAINS = {}
"""Trainer for ratings: a network that it trains, where that is not "factorisation"."""

RATING_TRAINED_BY = {}
"""Network for ratings: what trains it, where that is not "gibbs"."""

RATING_SMALL = {"factorisation": {"rank": 6}}
"""Network for ratings: settings that make it small."""

TASK_CASES = {"ratings": ("recommendation", {"target": "rating"})}
"""Name: a task with settings that make another kind of model of its example."""

ASKED = {"recommendation": {"user": [*(f"user {number}" for number in range(8)), "nobody", "7"]}}
"""Task or case: input columns to ask its model for, where they are no columns of the example."""

REFUSED = {"recommendation": {"user": "x" * 300}, "ratings": {"user": "x" * 300, "item": "item 1"}}
"""Task or case: a row that it cannot take, where that is not one of missing cells."""

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
