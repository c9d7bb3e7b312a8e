"""Reads a page as a browser does, and checks that it is well formed."""

from __future__ import annotations

from html.parser import HTMLParser

HOSTILE = (
    "<script>alert(1)</script>\"'><img src=https://evil.example/x onerror=alert(2)>&amp;\u202e]]>--></style>"
)
LOADERS = {"src", "href", "srcset", "action", "data", "poster", "background", "xlink:href", "formaction"}
MARKUP = {"script", "img", "iframe", "object", "embed", "link", "base", "form", "a"}


class Reader(HTMLParser):
    """Collects the tags, attributes and text of a page, and checks that tags are closed in order."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.tags, self.attributes, self.words, self.open = set(), [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += attrs
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += attrs

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.words.append(data)


def read(html):
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == []
    return reader


def assert_contained(html):
    """The page runs nothing, loads nothing, and names its pictures for readers who do not see them."""
    reader = read(html)
    assert not reader.tags & MARKUP
    assert not {name for name, _ in reader.attributes} & LOADERS
    assert not [name for name, _ in reader.attributes if name.startswith("on")]
    assert ("content", "default-src 'none'; style-src 'unsafe-inline'") in reader.attributes
    names = [value for name, value in reader.attributes if name == "id"]
    assert len(names) == len(set(names))
    told = [part for name, value in reader.attributes if name == "aria-labelledby" for part in value.split()]
    assert sorted(told) == sorted(names)
    assert html.count('role="img"') == html.count("<svg")
    assert "nan" not in " ".join(reader.words).lower().split()
    return reader
