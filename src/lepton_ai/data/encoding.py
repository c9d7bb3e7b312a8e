"""Which text encoding a file has, decided on the whole file in bounded memory.

A file is UTF-8 unless a byte proves otherwise; the proof may come late, so the first kilobytes are not
enough. GB18030 accepts nearly any bytes: it is believed only when what it yields is common Chinese.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from lepton_ai.core.errors import DataError

_CHUNK = 1 << 20
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8 with a byte order mark"),
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32 with a byte order mark"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32 with a byte order mark"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16 with a byte order mark"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16 with a byte order mark"),
)
_USUAL = re.compile(
    "[\t\n\r\x20-\x7e\u00a0-\u024f\u2010-\u2027\u3000-\u30ff\u4e00-\u9fff\uff00-\uffef\U0001f300-\U0001faff]"
)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True)
class Encoding:
    """Python's name of an encoding, how to treat bytes that do not fit, and a note for people."""

    codec: str
    errors: str
    note: str


def detect_encoding(open_file: Callable[[], BinaryIO], *, requested: str | None, location: str) -> Encoding:
    """The encoding of a text file.

    Args:
        open_file: Gives the bytes from the start; called up to three times.
        requested: What the user says it is; believed, after a check that Python knows it.
        location: The file's name for errors.

    Raises:
        DataError: The encoding asked for is unknown, or the content is not text.
    """
    with open_file() as file:
        sample = file.read(_CHUNK)
    if requested is not None:
        return _requested(requested, sample, location)
    for mark, codec, words in _BOMS:
        if sample.startswith(mark):
            return Encoding(codec, "strict", f"Encoding: {words}.")
    found = _utf16_without_mark(sample) if b"\x00" in sample else None
    found = found or _utf8(open_file) or _gb18030(open_file) or _western(open_file)
    _refuse_binary(sample, found, location)
    return found


def _requested(name: str, sample: bytes, location: str) -> Encoding:
    try:
        codec = codecs.lookup(name).name
        "".encode(codec)
    except LookupError:
        raise DataError(
            f"There is no text encoding named {name!r}.",
            hint="Name one such as 'utf-8', 'gb18030' or 'utf-16', or leave it out to have it detected.",
        ) from None
    if codec == "utf-8" and sample.startswith(codecs.BOM_UTF8):
        codec = "utf-8-sig"
    try:
        codecs.getincrementaldecoder(codec)("strict").decode(sample)
    except UnicodeError as error:
        raise DataError(
            f"{location} is not {name}: {error}.", hint="Leave the encoding out to have it detected."
        ) from error
    return Encoding(codec, "strict", f"Encoding: {codec}, as asked.")


def _utf16_without_mark(sample: bytes) -> Encoding | None:
    even = sample[: len(sample) // 2 * 2]
    best: tuple[float, str] = (0.0, "")
    for codec in ("utf-16-le", "utf-16-be"):
        text = even.decode(codec, "replace")
        best = max(best, (len(_USUAL.findall(text)) / max(len(text), 1), codec))
    if best[0] < 0.9:
        return None
    order = "little" if best[1].endswith("le") else "big"
    return Encoding(best[1], "strict", f"Encoding: UTF-16 without a byte order mark ({order}-endian).")


def _utf8(open_file: Callable[[], BinaryIO]) -> Encoding | None:
    """UTF-8, also when a few characters are broken, as a cut in the middle of one leaves them."""
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    good = offset = 0
    with open_file() as file:
        while True:
            chunk = file.read(_CHUNK)
            pending = len(decoder.getstate()[0])
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                return _broken_utf8(error, good, offset - pending)
            if not chunk:
                return Encoding("utf-8", "strict", "Encoding: UTF-8.")
            good += len(text) - len(text.encode("ascii", "ignore"))
            offset += len(chunk)


def _broken_utf8(error: UnicodeDecodeError, good: int, offset: int) -> Encoding | None:
    text = bytes(error.object).decode("utf-8", "replace")
    bad = text.count("�")
    good += len(re.findall("[^\x00-\x7f]", text)) - bad
    if good < 20 * bad:
        return None
    return Encoding(
        "utf-8",
        "replace",
        f"Encoding: UTF-8, but some bytes are not (the first at byte {offset + error.start + 1}); "
        "they are read as the replacement character '�'.",
    )


def _gb18030(open_file: Callable[[], BinaryIO]) -> Encoding | None:
    """GB18030 (and so GBK and GB2312), when what it yields is Chinese in common use."""
    decoder = codecs.getincrementaldecoder("gb18030")("replace")
    common = others = bad = 0
    with open_file() as file:
        while True:
            chunk = file.read(_CHUNK)
            text = decoder.decode(chunk, final=not chunk)
            wide = "".join(re.findall("[^\x00-\x7f]+", text))
            known = len(wide.encode("gb2312", "ignore")) // 2
            bad += wide.count("�")
            common, others = common + known, others + len(wide) - known
            if not chunk:
                break
    if not common or others > 0.2 * (common + others) or bad > 0.02 * common:
        return None
    note = "Encoding: GB18030 (covers GBK and GB2312)."
    return Encoding("gb18030", "replace" if bad else "strict", note if not bad else _broken(note, bad))


def _broken(note: str, bad: int) -> str:
    return f"{note[:-1]}, but {bad:,} places are not; they are read as the replacement character '�'."


def _western(open_file: Callable[[], BinaryIO]) -> Encoding:
    """The last resort: every byte means something in Latin-1, and nearly every byte in cp1252."""
    undefined = re.compile(b"[\x81\x8d\x8f\x90\x9d]")
    with open_file() as file:
        while chunk := file.read(_CHUNK):
            if undefined.search(chunk):
                return Encoding("latin-1", "strict", _LAST_RESORT.format("Latin-1"))
    return Encoding("cp1252", "strict", _LAST_RESORT.format("Windows-1252"))


_LAST_RESORT = (
    "Encoding: neither UTF-8 nor GB18030 fits, so {} was taken; name the encoding if letters look wrong."
)


def _refuse_binary(sample: bytes, found: Encoding, location: str) -> None:
    text = sample.decode(found.codec, "replace")
    if len(_CONTROL.findall(text)) > 0.1 * len(text):
        raise DataError(
            f"{location} is not text: more than a tenth of it are control characters.",
            hint="Check that its name ends in what it is (.parquet, .xlsx, .h5, ...).",
        )
