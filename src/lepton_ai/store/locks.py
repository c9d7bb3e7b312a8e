"""Whether a folder's owner still lives: a lock that the system frees when its process ends, in any way."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import Self

LOCK = "lock"
"""The file in a folder whose lock its owner holds."""


class FolderLock:
    """A held lock on a folder. It is freed by `release`, by the end of a `with` block, or by any death.

    Processes that fork while it is held keep it too, until they end.
    """

    def __init__(self, handle: int) -> None:
        self._handle: int | None = handle

    @classmethod
    def take(cls, folder: Path, *, create: bool = False) -> Self | None:
        """The lock on `folder` (flock of the file "lock" in it), or None when another holds it.

        Args:
            folder: The folder.
            create: Make the file when it is missing, as the folder's owner does.

        Raises:
            FileNotFoundError: The folder, or without `create` the file, is not there.
        """
        flags = os.O_RDWR | os.O_CLOEXEC | (os.O_CREAT if create else 0)
        handle = os.open(folder / LOCK, flags, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return None
        except BaseException:
            os.close(handle)
            raise
        return cls(handle)

    def release(self) -> None:
        """Free the lock; once is enough, more do no harm."""
        handle, self._handle = self._handle, None
        if handle is not None:
            os.close(handle)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()
