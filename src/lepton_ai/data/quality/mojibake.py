"""Text that was read in the wrong encoding before it came here."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import polars as pl

from lepton_ai.data.quality.base import Batch, Check, Finding, RowCount, share
from lepton_ai.data.schema import Schema

_TRAIL = "\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
_AS_LATIN = rf"[ÃÂ][{_TRAIL}]|â€|[åæçèéäã][{_TRAIL}]{{2}}|ï¼[{_TRAIL}]"
"""UTF-8 read as Latin-1 or Windows-1252: "CafÃ©", "å¥½"."""

_AS_GBK = "[锛銆鐨鏄浜鎴涓鍦鍚鏈埚繖鎬庝]"
"""The commonest Chinese characters and marks in UTF-8 read as GBK begin like this: "鐨勶紝"."""

_BROKEN = "�|锟斤拷|烫烫烫|ï¿½"


class Mojibake(Check):
    """Texts with replacement characters, or with letters that are another encoding's bytes."""

    needs: ClassVar[tuple[str, ...]] = ("text",)

    def __init__(self, schema: Schema, context: dict[str, Any]) -> None:
        super().__init__(schema, context)
        self._found = RowCount()
        self._rows = 0

    def observe(self, batch: Batch) -> None:
        """Count such texts."""
        self._rows += batch.frame.height
        text = batch.text
        if text is None:
            return
        certain = text.str.contains(_BROKEN) | text.str.contains(_AS_LATIN)
        suspect = (text.str.count_matches(_AS_GBK) >= 2).fill_null(value=False)
        mask = certain.fill_null(value=False).to_numpy().astype(np.bool_)
        for place in suspect.arg_true().to_list():
            mask[place] = mask[place] or is_utf8_read_as_gbk(text[place])
        self._found.add(mask, batch.first)

    def findings(self) -> list[Finding]:
        """One finding when any text looks so."""
        count = self._found.count
        if not count:
            return []
        severity = "error" if count >= 0.05 * self._rows else "warning"
        title = f"{count:,} texts look as if read in the wrong encoding ({share(count, self._rows)})"
        advice = "Export them again as UTF-8, or name the encoding of the file when reading it."
        return [Finding("mojibake", severity, title, count, tuple(self._found.rows), advice)]


def is_utf8_read_as_gbk(text: str) -> bool:
    """Whether the characters, written as GBK, are the UTF-8 bytes of Chinese."""
    raw = text.encode("gb18030", "replace")
    back = raw.decode("utf-8", "replace")
    wide = [character for character in back if character > "\u007f"]
    if not wide:
        return False
    good = sum("\u4e00" <= character <= "\u9fff" or character in "，。！？、：；（）" for character in wide)
    return good >= 0.6 * len(wide) and pl.Series([back]).str.contains(r"\p{Han}")[0]
