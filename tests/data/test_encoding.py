"""Encodings are found on the whole file, and said."""

from __future__ import annotations

import codecs
import gzip

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lepton_ai.core.errors import DataError
from lepton_ai.data import read_table, stream_table

CHINESE = "文本,标签\n今天的服务很好，下次还会再来！,好评\n物流太慢了，等了三天才到。,差评\n"
FRENCH = "text,label\nLe café est très bon, déjà goûté.,oui\nÀ éviter: l'hôtel était sale,non\n".replace(
    "bon, d", "bon d"
)


def put(folder, raw, name="a.csv"):
    (folder / name).write_bytes(raw)
    return folder / name


@pytest.mark.parametrize(
    ("raw", "codec", "words"),
    [
        (CHINESE.encode("utf-8"), "utf-8", "UTF-8"),
        (CHINESE.encode("utf-8-sig"), "utf-8-sig", "byte order mark"),
        (CHINESE.encode("gb18030"), "gb18030", "GB18030"),
        (CHINESE.encode("gbk"), "gb18030", "GB18030"),
        (CHINESE.encode("utf-16"), "utf-16", "UTF-16"),
        (CHINESE.encode("utf-16-le"), "utf-16-le", "without a byte order mark"),
        (CHINESE.encode("utf-16-be"), "utf-16-be", "without a byte order mark"),
        (codecs.BOM_UTF16_BE + CHINESE.encode("utf-16-be"), "utf-16", "UTF-16"),
        (CHINESE.encode("utf-32"), "utf-32", "UTF-32"),
        (FRENCH.encode("cp1252"), "cp1252", "Windows-1252"),
        (FRENCH.encode("utf-16-le"), "utf-16-le", "without a byte order mark"),
        ("text,label\nplain,a\n".encode("ascii"), "utf-8", "UTF-8"),
    ],
)
def test_found_and_said(tmp_path, raw, codec, words):
    table = read_table(put(tmp_path, raw))
    assert table.origin.encoding == codec
    assert words in table.origin.notes[0]
    if table.frame.columns != ["text", "label"]:
        assert table.frame.columns == ["文本", "标签"]
        assert table.frame.row(0) == ("今天的服务很好，下次还会再来！", "好评")
    packed = put(tmp_path, gzip.compress(raw), "b.csv.gz")
    assert next(iter(stream_table(packed))).equals(table.frame)


def test_french_letters_survive(tmp_path):
    table = read_table(put(tmp_path, FRENCH.encode("cp1252")))
    assert table.frame["text"][0] == "Le café est très bon déjà goûté."


def test_a_late_byte_decides(tmp_path):
    head = "text,label\n" + "plain ascii line,a\n" * 100_000
    table = read_table(put(tmp_path, (head + CHINESE.split("\n")[1] + "\n").encode("gb18030")))
    assert table.origin.encoding == "gb18030"
    assert table.frame["text"][-1].startswith("今天")


def test_a_few_broken_characters_are_replaced_and_said(tmp_path):
    lines = (CHINESE + "很好很好很好,好评\n" * 50).encode("utf-8")
    table = read_table(put(tmp_path, lines + "好".encode()[:2] + b",x\n"))
    assert table.frame["文本"][-1] == "�"
    assert f"first at byte {len(lines) + 1}" in table.origin.notes[0]


def test_asked_for(tmp_path):
    path = put(tmp_path, CHINESE.encode("gb18030"))
    assert read_table(path, encoding="gb18030").frame.columns == ["文本", "标签"]
    assert "as asked" in read_table(path, encoding="GBK").origin.notes[0]
    with pytest.raises(DataError, match="is not utf-8"):
        read_table(path, encoding="utf-8")
    with pytest.raises(DataError, match="no text encoding named 'utf-99'"):
        read_table(path, encoding="utf-99")
    with pytest.raises(DataError, match="no text encoding"):
        read_table(path, encoding="base64")


def test_binary_is_refused(tmp_path):
    with pytest.raises(DataError, match="is not text"):
        read_table(put(tmp_path, bytes(range(32)) * 100))


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    words=st.lists(
        st.text(st.sampled_from("今天服务很好下次再来物流太慢等了三天不错的酒店房间干净"), min_size=4),
        min_size=3,
    ),
    codec=st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"]),
)
def test_chinese_in_any_encoding(tmp_path, words, codec):
    content = "text,label\n" + "".join(f"{word},{n}\n" for n, word in enumerate(words))
    assert read_table(put(tmp_path, content.encode(codec))).frame["text"].to_list() == words
