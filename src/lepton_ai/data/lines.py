"""Lines of a text file in bounded memory, whatever its encoding and compression."""

from __future__ import annotations

import io
from collections.abc import Iterator

from lepton_ai.core.errors import DataError
from lepton_ai.data.encoding import Encoding
from lepton_ai.data.files import DataFile

LINE_LIMIT = 64 << 20
"""The longest line in characters; a longer one is a file without line ends, or not text."""


def iterate_lines(file: DataFile, encoding: Encoding) -> Iterator[str]:
    """Lines with their ends as they are in the file ("\\n", "\\r\\n" or "\\r").

    Raises:
        DataError: Bytes do not fit the encoding, or a line is longer than `LINE_LIMIT`.
    """
    number = 0
    with (
        file.open() as raw,
        io.TextIOWrapper(raw, encoding=encoding.codec, errors=encoding.errors, newline="") as text,
    ):
        readline = text.readline
        while True:
            try:
                line = readline(LINE_LIMIT)
            except UnicodeError as error:
                raise DataError(
                    f"Line {number + 1} of {file.path}, or one soon after, is not {encoding.codec}: {error}.",
                    hint="The file may mix encodings or be cut short; write it as UTF-8 throughout.",
                ) from error
            if not line:
                return
            if len(line) >= LINE_LIMIT:
                raise DataError(
                    f"Line {number + 1} of {file.path} is longer than {LINE_LIMIT >> 20} million characters.",
                    hint="Check that the file is text with one row a line.",
                )
            number += 1
            yield line


def read_sample(file: DataFile, encoding: Encoding, *, size: int) -> tuple[list[str], bool]:
    """The first lines, about `size` characters of them, and whether the file goes on after them."""
    lines: list[str] = []
    total = 0
    for line in iterate_lines(file, encoding):
        if total >= size:
            return lines, True
        lines.append(line)
        total += len(line)
    return lines, False


def read_text(file: DataFile, encoding: Encoding) -> str:
    """The whole content."""
    with file.open() as raw:
        content = raw.read()
    try:
        return content.decode(encoding.codec, encoding.errors)
    except UnicodeError as error:
        raise DataError(
            f"{file.path} is not {encoding.codec} throughout: {error}.", hint="Write it as UTF-8."
        ) from error
