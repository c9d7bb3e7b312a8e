"""Recommendation against tuned peers: quality, training time, memory and speed, one table a part.

    python -m benchmarks.recommendation [PART ...] [--contenders NAME,...] [--seeds 0,1,2] [--small]

    movielens  MovieLens 100K, the last film of each user by time, among all that the user has not rated
    ratings    MovieLens 100K, the published split u1, error of the foretold ratings
    large      a made-up shop (see `interaction_generator`), the last purchase of 3,000 of 30,000 users
    serving    requests a second for a catalogue of 25,000 items, one request a call
    index      the approximate search among 1,000,000 vectors
    cold       new items known by their words only, and new users known by their features or first items

Every contender runs in a process of its own, so that its memory is its own. Peers are tuned on events held
out of the training events, and trained on all of them with what was best; their `seconds` are those of that
last training, the search is told apart. Nothing is chosen on test events. New results take the place of the
old ones of the same part, contender and seed. `--small` tries the script on little data and keeps no results.
Times mean something only where the record's `load`, the machine's load average, tells that nothing else was
running.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import recommendation_cold, recommendation_quality, recommendation_speed

RESULTS = Path(__file__).parent / "results" / "recommendation.json"

Record = dict[str, Any]


@dataclass(frozen=True)
class Part:
    """One table.

    Attributes:
        measure: Contender, seed and whether to use little data, to figures.
        contenders: Who takes part; the first is the one that ratios are of.
        columns: The figures of the table.
        goal: What was asked for.
        one_thread: Whether all libraries are kept to one thread.
    """

    measure: Callable[[str, int, bool], Record]
    contenders: Sequence[str]
    columns: Sequence[str]
    goal: str
    one_thread: bool = False


_RANKED = ("hr", "ndcg", "seconds", "tuning_seconds", "peak_mib", "batch_us", "single_us")

PARTS: dict[str, Part] = {
    "movielens": Part(
        recommendation_quality.films,
        (
            "lepton balanced",
            "lepton balanced + items",
            "lepton fast",
            "lepton fast + items",
            "lepton best",
            "lepton best + items",
            "popularity",
            "item-kNN",
            "item-kNN latest",
            "EASE",
            "implicit ALS",
            "implicit BPR",
            "SASRec",
        ),
        _RANKED,
        "HR@10 at least 0.206 and NDCG@10 at least 0.105 in at most 300 s; aim 0.23 and 0.12",
    ),
    "ratings": Part(
        recommendation_quality.ratings,
        (
            "lepton balanced",
            "lepton balanced + sides",
            "lepton fast",
            "bias",
            "Surprise SVD",
            "Surprise KNNBaseline",
        ),
        ("rmse", "mae", "seconds", "tuning_seconds", "peak_mib", "batch_us"),
        "RMSE at most 0.920; aim 0.905",
    ),
    "large": Part(
        recommendation_quality.shop,
        ("lepton balanced", "popularity", "item-kNN", "item-kNN latest", "implicit ALS"),
        _RANKED,
        "better than item-kNN and ALS, in less than 900 s and 4,096 MiB",
    ),
    "serving": Part(
        recommendation_speed.serving,
        ("lepton two_tower", "lepton gru_sequence", "top-k alone", "implicit ALS"),
        (
            "per_s",
            "p50_ms",
            "p99_ms",
            "cpu_ms",
            "history_per_s",
            "history_p50_ms",
            "history_p99_ms",
            "history_cpu_ms",
            "peak_mib",
        ),
        "at least 2,000 a second, 99 of 100 within 5 ms",
        one_thread=True,
    ),
    "index": Part(
        recommendation_speed.index,
        ("lepton index", "lepton exact", "faiss exact"),
        ("recall", "mean_ms", "p50_ms", "p99_ms", "cpu_ms", "seconds", "added_mib", "megabytes"),
        "recall@10 at least 0.95 in less than 2 ms",
        one_thread=True,
    ),
    "cold-items": Part(
        recommendation_cold.new_items,
        ("lepton balanced", "random", "genre popularity", "genre taste"),
        ("hr_all", "ndcg_all", "hr_new", "ndcg_new", "seconds"),
        "better than random and than popularity by genre",
    ),
    "cold-users": Part(
        recommendation_cold.new_users,
        ("lepton balanced", "popularity"),
        tuple(
            f"{metric}_{known}"
            for known in ("nothing", "features", "history", "both")
            for metric in ("hr", "ndcg")
        ),
        "better than popularity",
    ),
}

_SEVERAL = {"cold": ("cold-items", "cold-users")}
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def main() -> None:
    """Run the parts that were asked for and print a table of each."""
    args = _arguments()
    if args.one:
        print(json.dumps(_measure(**json.loads(args.one))))
        return
    asked = [part for name in args.parts or list(PARTS) for part in _SEVERAL.get(name, (name,))]
    for name in asked:
        jobs = jobs_of(name, [int(seed) for seed in args.seeds.split(",")], args.contenders)
        records = []
        for contender, seed in jobs:
            records.append(_run(name, contender, seed, small=args.small))
            print(line(records[-1]), flush=True)
            if not args.small:
                _save(records[-1:])
        print("\n".join(table(name, records)), flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", choices=[*PARTS, *_SEVERAL, []], help="default: all")
    parser.add_argument("--contenders", default="", help="some of the part's, by comma; default: all")
    parser.add_argument("--seeds", default="0,1,2", help="of our own trainings; other contenders run once")
    parser.add_argument("--small", action="store_true", help="try the script on little data, keep no results")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    return parser.parse_args()


def jobs_of(name: str, seeds: Sequence[int], contenders: str = "") -> list[tuple[str, int]]:
    """Contenders with their seeds: the recipe "balanced" with every seed, the others with the first.

    Raises:
        SystemExit: A contender takes no part in it.
    """
    known = PARTS[name].contenders
    chosen = [one for one in contenders.split(",") if one] or known
    if unknown := sorted(set(chosen) - set(known)):
        raise SystemExit(f"no {', '.join(unknown)} in {name}; known: {', '.join(known)}")
    many = "lepton balanced"
    return [(one, seed) for one in chosen for seed in (seeds if one.startswith(many) else seeds[:1])]


def _run(part: str, contender: str, seed: int, *, small: bool) -> Record:
    """Measure in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.recommendation", "--one"]
    job = json.dumps({"part": part, "contender": contender, "seed": seed, "small": small})
    environment = {**os.environ, **(_ONE_THREAD if PARTS[part].one_thread else {})}
    done = subprocess.run([*command, job], stdout=subprocess.PIPE, text=True, check=False, env=environment)
    if done.returncode:
        raise SystemExit(f"{contender} failed in {part}, see above.")
    record: Record = json.loads(done.stdout.splitlines()[-1])
    return record


def _measure(part: str, contender: str, seed: int, small: bool) -> Record:
    figures = PARTS[part].measure(contender, seed, small)
    return {
        "part": part,
        "contender": contender,
        "seed": seed,
        **figures,
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "threads": int(os.environ.get("OMP_NUM_THREADS", os.cpu_count() or 1)),
        "load": os.getloadavg()[0],
    }


def line(record: Record) -> str:
    """One record in words."""
    columns = PARTS[record["part"]].columns
    figures = "  ".join(f"{name} {record[name]:.4g}" for name in columns if name in record)
    return (
        f"{record['part']:<10} {record['contender']:<24} seed {record['seed']}  {figures}  "
        f"load {record['load']:.1f}  {record.get('about', '')}"
    )


def table(name: str, records: Sequence[Record]) -> list[str]:
    """Means of each contender, and the first one's as a ratio to each."""
    part = PARTS[name]
    groups: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        groups[record["contender"]].append(record)
    means = {contender: _means(group, part.columns) for contender, group in groups.items()}
    wide = max(map(len, groups), default=0) + 8
    lines = ["", f"{name}: {part.goal}", _cells(f"{'mean':<{wide}}", part.columns)]
    lines += [
        _cells(f"{one:<{wide}}", [mean.get(each) for each in part.columns]) for one, mean in means.items()
    ]
    ours = means.get(part.contenders[0])
    for one, mean in means.items():
        if ours and one != part.contenders[0]:
            ratios = [
                ours[each] / mean[each] if mean.get(each) and each in ours else None for each in part.columns
            ]
            lines.append(_cells(f"{'ours / ' + one:<{wide}}", ratios))
    return [*lines, ""]


def _means(group: Sequence[Record], columns: Sequence[str]) -> dict[str, float]:
    return {
        name: statistics.mean(record[name] for record in group)
        for name in columns
        if all(name in record for record in group)
    }


def _cells(first: str, cells: Sequence[Any]) -> str:
    texts = ["" if cell is None else cell if isinstance(cell, str) else f"{cell:.4g}" for cell in cells]
    return first + "".join(f"{text:>15}" for text in texts)


def _save(records: Sequence[Record]) -> None:
    """Add the records to the results, each with the commit and time of its own run."""
    from importlib import metadata

    commit = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=False).stdout
    run = {"time": datetime.now(UTC).isoformat(timespec="seconds"), "commit": commit.strip()}
    about = {
        "machine": {"cpu": platform.processor() or platform.machine(), "cores": os.cpu_count()},
        "versions": {name: metadata.version(name) for name in _VERSIONS if _installed(name)},
    }
    old = json.loads(RESULTS.read_text(encoding="utf-8"))["records"] if RESULTS.exists() else []
    merged = merge(old, [record | run for record in records])
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps({"about": run | about, "records": merged}, indent=1), encoding="utf-8")


def _installed(name: str) -> bool:
    from importlib import metadata

    return any(metadata.distributions(name=name))


_VERSIONS = ("torch", "onnxruntime", "numpy", "scipy", "implicit", "scikit-surprise", "faiss-cpu")


def merge(old: Sequence[Record], new: Sequence[Record]) -> list[Record]:
    """The old records, those measured anew replaced in place, then what is measured for the first time."""

    def key(record: Record) -> tuple[Any, ...]:
        return tuple(record[name] for name in ("part", "contender", "seed"))

    return list(({key(record): record for record in old} | {key(record): record for record in new}).values())


if __name__ == "__main__":
    main()
