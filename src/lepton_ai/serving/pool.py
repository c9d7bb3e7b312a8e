"""A few threads for large requests, with a bound on how many may wait for one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


class PoolFullError(Exception):
    """Every thread is busy and every waiting place is taken."""


class Pool:
    """Runs work in threads.

    Args:
        workers: Threads; started when first needed.
        waiting: Places for work that waits for a thread.
    """

    def __init__(self, *, workers: int, waiting: int) -> None:
        self._executor = ThreadPoolExecutor(workers, thread_name_prefix="lepton-batch")
        self._places = workers + waiting
        self._taken = 0
        self._lock = threading.Lock()

    def submit(self, work: Callable[[], T]) -> Future[T]:
        """Start `work`, or let it wait. Cancelling the future gives a waiting place back at once.

        Raises:
            PoolFullError: There is no place.
        """
        with self._lock:
            if self._taken >= self._places:
                raise PoolFullError
            self._taken += 1
        future = self._executor.submit(work)
        future.add_done_callback(self._give_back)
        return future

    def _give_back(self, _: Future[T]) -> None:
        with self._lock:
            self._taken -= 1

    def close(self) -> None:
        """Drop what waits. What runs goes on to its end, but nobody waits for it here."""
        self._executor.shutdown(wait=False, cancel_futures=True)
