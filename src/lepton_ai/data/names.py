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
USER = (
    "user_id", "user", "userid", "uid", "user_no", "user_name", "username", "customer_id", "customer",
    "customerid", "cust_id", "member_id", "member", "reviewer_id", "reviewer", "visitor_id", "visitorid",
    "visitor", "buyer_id", "buyer", "client_id", "client", "account_id", "account", "subscriber_id",
    "reader_id", "reader", "listener_id", "viewer_id", "student_id", "student", "session_id", "session",
    "device_id", "用户id", "用户编号", "用户", "会员id", "会员", "客户id", "客户", "顾客", "买家", "读者",
    "学生", "账号",
)  # fmt: skip
ITEM = (
    "item_id", "item", "itemid", "iid", "product_id", "product", "productid", "sku", "sku_id", "asin",
    "parent_asin", "movie_id", "movie", "movieid", "film_id", "film", "book_id", "book", "isbn", "song_id",
    "song", "track_id", "track", "artist_id", "artist", "album_id", "album", "article_id", "article",
    "news_id", "news", "video_id", "video", "game_id", "game", "app_id", "course_id", "course", "goods_id",
    "goods", "stock_code", "business_id", "shop_id", "shop", "store_id", "restaurant_id", "restaurant",
    "venue_id", "venue", "poi_id", "poi", "hotel_id", "hotel", "listing_id", "job_id", "content_id",
    "post_id", "ad_id", "offer_id", "商品id", "商品编号", "商品", "物品id", "物品", "产品id", "产品",
    "货品", "电影id", "电影", "影片", "图书", "书籍", "歌曲", "文章", "视频", "新闻", "课程", "游戏", "店铺",
)  # fmt: skip
RATING = (
    "rating", "ratings", "score", "stars", "star", "star_rating", "overall", "grade", "preference",
    "评分", "打分", "得分", "评级", "星级", "分数",
)  # fmt: skip
MOMENT = (
    "timestamp", "time", "datetime", "date", "ts", "event_time", "timestamp_ms", "unix_time", "created_at",
    "created", "updated_at", "t_dat", "day", "时间戳", "时间", "日期", "创建时间",
)  # fmt: skip
"""When an event happened; more names than `TIME`, which must not claim a column of any table."""
TITLE = (
    "title", "name", "item_name", "headline", "标题", "名称", "片名", "书名", "歌名", "品名", "名字",
)  # fmt: skip
STOCK = ("stock", "in_stock", "instock", "available", "availability", "inventory", "库存", "有货", "在售")
NAMING = ("id", "key", "no", "code", "name", "title", "uuid", "guid", "number", "hash", "index", "idx")
"""Last words of the name of a column that names things."""
SPLIT = ("split", "fold", "subset", "partition", "划分")


_TYPE_MARK = re.compile(r":(token|token_seq|float|float_seq)$")


def unmarked(name: str) -> str:
    """A column name without the type that files in RecBole's layout add: "user_id" of "user_id:token"."""
    return _TYPE_MARK.sub("", name)


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
