"""How much time and memory a CSV of a million rows takes: to stream, inspect, read whole and predict.

The file is made in a temporary folder. Each measurement is a process of its own; peak memory is the
process's high-water mark less what it had after importing the libraries. Commands are measured whole:
their peak counts everything.

Usage:
    python -m benchmarks.data_scale [--rows 1000000] [--encoding utf-8] [--gz]
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

WORDS = (
    "退款",
    "订单",
    "物流",
    "客服",
    "发票",
    "质量",
    "不错",
    "refund",
    "order",
    "parcel",
    "late",
    "thanks",
    "😀",
)
LABELS = ("refund", "delivery", "invoice", "praise")

_HEAD = """
import json, pathlib, re, sys, time
import polars, sqlalchemy
from lepton_ai.data import StreamingQuality, infer_schema, profile_table, read_table, stream_table
def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+)", pathlib.Path("/proc/self/status").read_text())[1]) / 1024
base, start = peak(), time.perf_counter()
"""
_TAIL = """
seconds = round(time.perf_counter() - start, 2)
print(json.dumps({"rows": rows, "seconds": seconds, "peak_mib": round(peak() - base)}))
"""
MEASURED = {
    "stream": """
rows = sum(batch.height for batch in stream_table(sys.argv[1]))
""",
    "inspect": """
quality, rows = None, 0
for batch in stream_table(sys.argv[1]):
    quality = quality or StreamingQuality(infer_schema(batch))
    quality.add(batch)
    rows += batch.height
quality.report()
""",
    "read whole": """
rows = read_table(sys.argv[1]).frame.height
""",
}


def write_csv(path: Path, *, rows: int, encoding: str) -> None:
    """Write a CSV with the columns id, text, label; one text in fifty is quoted and holds a newline."""
    chance = random.Random(0)
    packed = path.suffix == ".gz"
    with gzip.open(path, "wb", compresslevel=1) if packed else path.open("wb") as file:
        file.write("id,text,label\n".encode(encoding))
        for start in range(0, rows, 10_000):
            lines = []
            for number in range(start, min(start + 10_000, rows)):
                text = " ".join(chance.choices(WORDS, k=12))
                text = f'"{text},\n{text}"' if number % 50 == 0 else text
                lines.append(f"{number},{text},{chance.choice(LABELS)}\n")
            file.write("".join(lines).encode(encoding))


def main() -> None:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--encoding", default="utf-8")
    parser.add_argument("--gz", action="store_true")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / ("big.csv.gz" if chosen.gz else "big.csv")
        write_csv(path, rows=chosen.rows, encoding=chosen.encoding)
        report = {"file_mib": round(path.stat().st_size / 2**20), "encoding": chosen.encoding}
        for name, body in MEASURED.items():
            command = [sys.executable, "-c", _HEAD + body + _TAIL, str(path)]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            report[name] = json.loads(done.stdout)
        report |= _commands(path, Path(folder))
    print(json.dumps(report, indent=2))


def _commands(path: Path, folder: Path) -> dict[str, object]:
    """`lepton data inspect` and `lepton predict --file` on the file, with a model trained on a few rows."""
    few = folder / "few.csv"
    write_csv(few, rows=2_000, encoding="utf-8")
    model = str(folder / "model")
    _timed("train", "text-classification", str(few), "--recipe", "fast", "--label", "label", "--out", model)
    return {
        "lepton data inspect": _timed("data", "inspect", str(path)),
        "lepton predict": _timed("predict", model, "--file", str(path), "--out", str(folder / "out.jsonl")),
    }


def _timed(*arguments: str) -> dict[str, float]:
    """Seconds and peak memory of a `lepton` command."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "lepton_ai.cli.main", *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"lepton {' '.join(arguments)} failed")
    return {"seconds": round(time.perf_counter() - start, 2), "peak_mib": round(used.ru_maxrss / 1024)}


if __name__ == "__main__":
    main()
