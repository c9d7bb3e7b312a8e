"""Which words in a column's name tell what it holds, in English and Chinese, best hint first."""

from __future__ import annotations

import re
import unicodedata

TEXT = (
    "text", "message", "content", "review", "comment", "sentence", "tweet", "question", "query",
    "utterance", "body", "post", "feedback", "description", "abstract", "title", "document", "answer",
    "summary", "subject", "文本", "内容", "评论", "正文", "问题", "消息", "留言", "评价", "句子", "语句",
    "反馈", "描述", "投诉", "标题", "摘要", "回答",
)  # fmt: skip
LABEL = (
    "label", "class", "category", "intent", "target", "sentiment", "tag", "topic", "y", "polarity",
    "emotion", "final_decision", "decision", "outcome", "churn", "event", "type", "domain", "rating",
    "stars", "score", "cat", "标签", "类别", "意图", "分类", "类型", "情感", "目标", "情绪", "主题",
    "倾向", "是否流失", "评分", "星级",
)  # fmt: skip
IDENTIFIER = (
    "id", "uuid", "guid", "index", "idx", "key", "no", "number", "rowid", "url", "link",
    "编号", "序号", "主键", "链接", "工号", "单号",
)  # fmt: skip
TIME = (
    "time", "date", "datetime", "timestamp", "created", "created_at", "updated_at", "day",
    "时间", "日期", "创建时间",
)  # fmt: skip
SPLIT = ("split", "fold", "subset", "partition", "划分")


def words_of(name: str) -> list[str]:
    """The words of a column name: "customerID" is customer, id; "created_at:token" is created, at, token."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", unicodedata.normalize("NFKC", name))
    return [word for word in re.split(r"[\W_]+", spaced.casefold()) if word]


def hint_rank(name: str, hints: tuple[str, ...]) -> int | None:
    """How good a hint the name is: 0 is the best, None is none.

    A name that is the hint itself is better than one with it as its last word, and that better than one
    that only holds it.
    """
    words = words_of(name)
    whole = "_".join(words)
    best: int | None = None
    for place, hint in enumerate(hints):
        rank = _match(whole, words, hint)
        if rank is not None:
            rank = rank * 1000 + place
            best = rank if best is None else min(best, rank)
    return best


def _match(whole: str, words: list[str], hint: str) -> int | None:
    if whole == hint:
        return 0
    if not hint.isascii():
        return (1 if whole.endswith(hint) else 2) if hint in whole else None
    if words and words[-1] == hint:
        return 1
    if hint in words or whole == f"{hint}s":
        return 2
    return None
