"""The pages of the documentation, and what in them can be run or followed."""

from __future__ import annotations

import ast
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

    @property
    def essence(self) -> str:
        """What the block does, without what it tells people in comments, docstrings and remarks."""
        if self.language == "python":
            return _statements(self.code)
        if not self.language:  # a list of names, with a remark after each
            return "\n".join(re.split(r"  +", line)[0] for line in self.code.splitlines())
        if self.language in {"bash", "console", "sh"}:
            return "\n".join(re.sub(r"(^|\s+)# [^'\"]*$", "", line) for line in self.code.splitlines())
        return self.code


def _statements(code: str) -> str:
    """The code as Python reads it: comments and docstrings are gone, all else is there."""
    tree = ast.parse(code)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Module) and (
            ast.get_docstring(node) is not None
        ):
            node.body = node.body[1:]
    return ast.dump(tree)


def pages() -> list[Path]:
    """Every page that is written for people."""
    found = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("*.md")]
    return sorted(found)


def is_chinese(page: Path) -> bool:
    return page.name.endswith(".zh-CN.md")


def english_of(page: Path) -> Path:
    """The page that a Chinese page goes with."""
    return page.with_name(page.name.replace(".zh-CN.md", ".md"))


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


def levels(page: Path) -> list[str]:
    """The levels of a page's headings, in order."""
    text = _BLOCK.sub("", page.read_text(encoding="utf-8"))
    return re.findall(r"^(#+) ", text, re.MULTILINE)


def tables(page: Path) -> list[list[int]]:
    """The cells of each line of a page's tables."""
    text = _BLOCK.sub("", page.read_text(encoding="utf-8"))
    found = re.findall(r"(?:^\|.*\|\n)+", text, re.MULTILINE)
    return [[line.count("|") - 1 for line in table.splitlines()] for table in found]


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as code hosts make them."""
    text = _BLOCK.sub("", page.read_text(encoding="utf-8"))
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}
