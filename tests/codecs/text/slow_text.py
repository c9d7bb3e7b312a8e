"""The obvious, slow way to do what the text codec does with arrays, and texts that are hard to get right."""

from __future__ import annotations

import unicodedata

from hypothesis import strategies as st

from lepton_ai.codecs.text.bag import Lengths

MIXED = "ab zQé12_-'’ΣσςİßﬁＡ１！，。？快递到了吗"
MIXED += "のカｶﾞー한국ㅎㅏᆨ丽ไทย我们😀❤\ufe0f\u200d \t\n\x00\x01\ud800\u0301𠀀"
TEXTS = st.lists(
    st.text(alphabet=st.one_of(st.sampled_from(MIXED), st.characters(codec=None)), max_size=24), max_size=6
)

_SINGLE = (
    (0x0E00, 0x0EFF),
    (0x1000, 0x109F),
    (0x1780, 0x17FF),
    (0x3040, 0x30FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xAC00, 0xD7A3),
    (0xF900, 0xFAFF),
    (0x20000, 0x323AF),
)

LENGTHS = Lengths()


def kind(character: str) -> str:
    point = ord(character)
    if character in "'’":
        return "word"
    if any(first <= point <= last for first, last in _SINGLE):
        return "single"
    if point >= 0x32000:
        return "space"
    category = unicodedata.category(character)[0]
    return "word" if category in "LNM" else "single" if category in "PS" else "space"


def normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text.replace("\x00", " ")).lower()


def units(text: str) -> list[str]:
    found: list[str] = []
    before = "space"
    for character in normal(text):
        now = kind(character)
        if now == "word" and before == "word":
            found[-1] += character
        elif now != "space":
            found.append(character)
        before = now
    return found


def runs(text: str, length: int) -> list[tuple[str, ...]]:
    found = units(text)
    return [tuple(found[start : start + length]) for start in range(len(found) - length + 1)]


def pieces(text: str, length: int) -> list[str]:
    """Stretches of `length` whose inner characters are all in a word; of two, one is enough."""
    edged = f"\x00{normal(text)}\x00"
    found = []
    for start in range(len(edged) - length + 1):
        piece = edged[start : start + length]
        inner = piece[1:-1]
        if all(kind(one) == "word" for one in inner) and (inner or "word" in map(kind, piece)):
            found.append(piece)
    return found


def ngrams(text: str) -> list[object]:
    """Everything that the bag counts."""
    found: list[object] = []
    for length in range(1, LENGTHS.run + 1):
        found += runs(text, length)
    for length in range(LENGTHS.shortest_piece, LENGTHS.longest_piece + 1):
        found += pieces(text, length)
    return found


def same_partition(one, other) -> bool:
    """Whether two sequences are equal in exactly the same places."""
    one, other = list(one), list(other)
    pairs = set(zip(one, other, strict=True))
    return len(pairs) == len(set(one)) == len(set(other))
