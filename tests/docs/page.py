"""The pages of the documentation, and what in them can be run or followed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RUN = {"python", "bash", "console"}

_BLOCK = re.compile(
    r"(?:<!-- (?P<marker>not run|server): (?P<reason>[^>]+) -->\n)?^```(?P<language>\w*)\n(?P<code>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


@dataclass(frozen=True)
class Block:
    """One fenced block.

    A comment on the line before it changes how it is tested: `<!-- not run: REASON -->` leaves it out, and
    `<!-- server: REASON -->` leaves it running until the end of the page.
    """

    language: str
    code: str
    marker: str
    line: int

    @property
    def commands(self) -> str:
        """The code without the prompts and the output of a console block."""
        if self.language != "console":
            return self.code
        return "".join(line[2:] + "\n" for line in self.code.splitlines() if line.startswith("$ "))


def pages() -> list[Path]:
    """Every page that is written for people."""
    found = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("*.md")]
    return sorted(found)


def is_chinese(page: Path) -> bool:
    return page.name.endswith(".zh-CN.md")


def blocks(page: Path) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    return [
        Block(
            one["language"], one["code"], one["marker"] or "", text.count("\n", 0, one.start("language")) + 1
        )
        for one in _BLOCK.finditer(text)
    ]


def links(page: Path) -> list[str]:
    text = _BLOCK.sub("", page.read_text(encoding="utf-8"))
    return _LINK.findall(text)


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as code hosts make them."""
    text = _BLOCK.sub("", page.read_text(encoding="utf-8"))
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}
