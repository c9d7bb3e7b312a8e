"""Pages lead somewhere, and both languages say the same."""

from __future__ import annotations

import pytest
from page import ROOT, Block, anchors, blocks, english_of, is_chinese, levels, links, pages, tables

GUIDES = [
    "README.md",
    *(
        f"docs/{guide}.md"
        for guide in (
            "first-hour",
            "architecture",
            "cli",
            "data",
            "training",
            "evaluation",
            "serving",
            "package",
            "recommendation",
            "codecs",
        )
    ),
]
"""What a newcomer or a user reads is there in both languages; what contributors read is in English."""

CHINESE = [page for page in pages() if is_chinese(page)]


def name(page):
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", pages(), ids=name)
def test_internal_links_lead_somewhere(page):
    for link in links(page):
        if "://" in link or link.startswith("mailto:"):
            continue
        target, _, anchor = link.partition("#")
        path = (page.parent / target) if target else page
        assert path.exists(), f"{name(page)} links to {link}, which is not there"
        if anchor and path.suffix == ".md":
            assert anchor in anchors(path), f"{name(page)} links to {link}, but {target} has no such heading"


@pytest.mark.parametrize("guide", GUIDES)
def test_a_guide_is_there_in_chinese(guide):
    assert (ROOT / guide).with_suffix(".zh-CN.md").is_file()


@pytest.mark.parametrize("page", CHINESE, ids=name)
def test_a_chinese_page_has_the_code_of_its_english_one(page):
    english = english_of(page)
    assert english.is_file()
    ours, theirs = blocks(page), blocks(english)
    assert [(one.language, one.marker) for one in ours] == [(one.language, one.marker) for one in theirs]
    for one, other in zip(ours, theirs, strict=True):
        assert one.essence == other.essence, (
            f"{name(page)}:{one.line} and {name(english)}:{other.line} differ"
        )


@pytest.mark.parametrize("page", CHINESE, ids=name)
def test_both_languages_have_the_same_parts(page):
    assert levels(page) == levels(english_of(page))
    assert tables(page) == tables(english_of(page))


@pytest.mark.parametrize("guide", GUIDES)
def test_both_languages_of_a_guide_lead_to_each_other(guide):
    english = ROOT / guide
    chinese = english.with_suffix(".zh-CN.md")

    def switch(page):
        return page.read_text(encoding="utf-8").splitlines()[2]

    assert switch(english) == f"English | [简体中文]({chinese.name})"
    assert switch(chinese) == f"[English]({english.name}) | 简体中文"


@pytest.mark.parametrize(
    ("language", "one", "other", "same"),
    [
        ("python", "x = 1  # one\n", "x = 1  # 一\n", True),
        ("python", 'def f():\n    """One."""\n    g()\n', 'def f():\n    """一。"""\n    g()\n', True),
        ("python", 'print("one")\n', 'print("一")\n', False),
        ("bash", "lepton version  # tells it\n", "lepton version  # 版本\n", True),
        ("bash", "echo 'a # one'\n", "echo 'a # two'\n", False),
        ("bash", "lepton predict m '#1'\n", "lepton predict m '#2'\n", False),
        ("", "card.md   the card\n", "card.md   模型卡\n", True),
        ("", "card.md   the card\n", "cards.md   模型卡\n", False),
        ("json", '{"a": 1}\n', '{"a": 2}\n', False),
    ],
)
def test_only_words_for_people_may_differ(language, one, other, same):
    assert (Block(language, one, "", 1).essence == Block(language, other, "", 1).essence) is same
