"""What a serving host pays: import, start to first answer, memory.

    python -m benchmarks.footprint MODEL [--runs 7]

MODEL is a name in the store, or a package. Every figure is of a fresh process: minimum, median, maximum.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("--runs", type=int, default=7)
    args = parser.parse_args()
    report = {
        "import lepton_ai, ms": _spread(lambda: _import_ms("lepton_ai"), args.runs),
        "python alone, ms": _spread(lambda: _import_ms("sys"), args.runs),
    }
    starts = [_serve(args.model) for _ in range(args.runs)]
    report["lepton serve to first answer, s"] = _three([start for start, _ in starts])
    report["resident memory after 100 answers, MiB"] = _three([memory for _, memory in starts])
    print(json.dumps(report, indent=2))


def _import_ms(module: str) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", f"import {module}"], check=True)
    return (time.perf_counter() - start) * 1000


def _serve(model: str) -> tuple[float, float]:
    """Seconds from the command to the first prediction, and MiB of resident memory after a hundred."""
    port = _free_port()
    command = [sys.executable, "-m", "lepton_ai.cli.main", "serve", model, "--port", str(port)]
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}/v1/models"
        listed = json.loads(_when_ready(url, process))
        name = listed["models"][0]["name"]
        card = json.loads(urllib.request.urlopen(f"{url}/{name}", timeout=5).read())
        column = next(iter(card["signature"]["input"]["properties"]))
        body = json.dumps({"rows": [{column: "我的包裹到哪里了 where is my parcel"}]}).encode()
        request = urllib.request.Request(
            f"{url}/{name}/predict", data=body, headers={"Content-Type": "application/json"}
        )
        urllib.request.urlopen(request, timeout=5).read()
        seconds = time.perf_counter() - start
        for _ in range(99):
            urllib.request.urlopen(request, timeout=5).read()
        status = Path(f"/proc/{process.pid}/status").read_text()
        return seconds, int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def _when_ready(url: str, process: subprocess.Popen[bytes]) -> bytes:
    while process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=1) as answer:
                found: bytes = answer.read()
                if json.loads(found)["models"]:
                    return found
        except (urllib.error.URLError, ConnectionError):
            pass
        time.sleep(0.01)
    raise SystemExit("The server ended before it was ready.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _spread(measure: Callable[[], float], runs: int) -> dict[str, float]:
    return _three([measure() for _ in range(runs)])


def _three(values: list[float]) -> dict[str, float]:
    return {
        "min": round(min(values), 3),
        "median": round(statistics.median(values), 3),
        "max": round(max(values), 3),
    }


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()
