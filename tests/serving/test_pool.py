import threading

import pytest

from lepton_ai.serving.pool import Pool, PoolFullError


def test_places_are_bounded_and_given_back():
    pool = Pool(workers=1, waiting=1)
    go = threading.Event()
    busy = pool.submit(lambda: go.wait(10))
    waiting = pool.submit(lambda: "done")
    with pytest.raises(PoolFullError):
        pool.submit(lambda: None)
    assert waiting.cancel()
    second = pool.submit(lambda: "second")
    go.set()
    assert busy.result(10)
    assert second.result(10) == "second"
    with pytest.raises(ZeroDivisionError):
        pool.submit(lambda: 1 / 0).result(10)
    pool.close()
