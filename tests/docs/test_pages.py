"""Pages lead somewhere, and both languages say the same."""

from __future__ import annotations

import pytest
from page import ROOT, RUN, anchors, blocks, is_chinese, links, pages

GUIDES = ["README.md", "docs/first-hour.md", "docs/architecture.md"]
"""What a newcomer reads is there in both languages; reference pages are in English."""

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
    english = page.with_name(page.name.replace(".zh-CN.md", ".md"))
    assert english.is_file()
    assert [(one.language, one.code) for one in blocks(page) if one.language in RUN] == [
        (one.language, one.code) for one in blocks(english) if one.language in RUN
    ]


@pytest.mark.parametrize("page", CHINESE, ids=name)
def test_both_languages_have_the_same_parts(page):
    english = page.with_name(page.name.replace(".zh-CN.md", ".md"))

    def levels(one):
        lines = one.read_text(encoding="utf-8").splitlines()
        return [line.split(" ")[0] for line in lines if line.startswith(("## ", "### "))]

    assert levels(page) == levels(english)
