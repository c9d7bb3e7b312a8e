"""Text classification against tuned peers: score, training time, memory, speed and size, in one run.

    python -m benchmarks.text_classification [DATASET ...] [--seeds 0,1,2] [--recipes balanced,fast]
                                             [--peers linear,fasttext,text_cnn]

Every training runs in a process of its own, so that its memory is its own. Speeds are of one thread, on the
test rows, from texts to labels: all rows at once, and one row a call. Nothing is chosen on test rows. New
results take the place of the old ones of the same dataset, split, contender and seed; `--peers ""` or
`--recipes ""` runs none of them. `--table` prints the README's table of scores from the results. Times mean
something only where the record's `load`, the machine's load average, tells that nothing else was running.
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
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.datasets import DATASETS, Dataset, load

RESULTS = Path(__file__).parent / "results" / "text_classification.json"
_SINGLE_ROWS = 300
_REPEATS = 5
_PEERS = {"linear": "tf-idf linear", "fasttext": "fasttext", "text_cnn": "text cnn"}


def main() -> None:
    """Run the datasets that were asked for and print a table of each."""
    args = _arguments()
    if args.one:
        print(json.dumps(_measure(*args.one.split(","))))
        return
    if args.table:
        rows = quality_table(json.loads(RESULTS.read_text(encoding="utf-8"))["records"])
        print("\n".join(f"| {name} | {' | '.join(cells)} |" for name, cells in rows.items()))
        return
    records = []
    for name in args.datasets or list(DATASETS):
        records += _run(name, args)
        _print_table(name, [record for record in records if record["dataset"] == name])
        _save(records)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("datasets", nargs="*", choices=[*DATASETS, []], help="default: all")
    parser.add_argument("--seeds", default="0,1,2")
    parser.add_argument("--recipes", default="balanced,fast")
    parser.add_argument("--peers", default=",".join(_PEERS), type=_peer_names)
    parser.add_argument("--table", action="store_true", help="print the table of scores and run nothing")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    return parser.parse_args()


def _peer_names(value: str) -> list[str]:
    """Contenders by the short names of the command line."""
    names = [name for name in value.split(",") if name]
    if unknown := sorted(set(names) - set(_PEERS)):
        raise argparse.ArgumentTypeError(f"no peer {', '.join(unknown)}; known: {', '.join(_PEERS)}")
    return [_PEERS[name] for name in names]


def _run(name: str, args: argparse.Namespace) -> list[dict[str, Any]]:
    """Each contender on each split; ours with each seed, the peers once."""
    splits = len(list(load(name)))
    recipes = [recipe for recipe in args.recipes.split(",") if recipe]
    jobs = [(f"lepton {recipe}", seed) for seed in args.seeds.split(",") for recipe in recipes]
    jobs[1:1] = [(peer, "0") for peer in args.peers]
    records = []
    for contender, seed in jobs:
        for split in range(splits):
            # Cross-validation already averages over trainings: each fold has a seed of its own.
            if splits > 1 and seed != args.seeds.split(",")[0]:
                continue
            command = [sys.executable, "-m", "benchmarks.text_classification", "--one"]
            done = subprocess.run(
                [*command, f"{name},{split},{contender},{int(seed) + split}"],
                check=True,
                capture_output=True,
                text=True,
            )
            records.append(json.loads(done.stdout.splitlines()[-1]))
            print(_line(records[-1]), flush=True)
    return records


def _measure(name: str, split: str, contender: str, seed: str) -> dict[str, Any]:
    data = list(load(name))[int(split)]
    start = time.perf_counter()
    if contender.startswith("lepton"):
        predict, size, about = _ours(data, contender.split()[1], int(seed))
    else:
        predict, size, about = _peer(data, contender)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "dataset": name,
        "split": int(split),
        "contender": contender,
        "seed": int(seed),
        "score": score_of(data.metric)(data.test[1], predict(data.test[0])),
        "metric": data.metric,
        "seconds": seconds,
        "peak_mib": peak,
        "batch_us": _best(lambda: predict(data.test[0])) / len(data.test[0]) * 1e6,
        "single_us": _single(predict, data.test[0]) * 1e6,
        "megabytes": size / 1e6,
        "load": os.getloadavg()[0],
        "about": about(),
    }


Predict = Callable[[Sequence[str]], list[str]]


def _ours(data: Dataset, recipe: str, seed: int) -> tuple[Predict, int, Callable[[], str]]:
    from lepton_ai import TextClassifier

    model = TextClassifier(recipe=recipe, seed=seed).fit(*data.train)
    runtime = model._runtime()
    column = next(iter(model.package_.inputs))
    size = sum(
        record.bytes for file, record in model.package_.manifest.files.items() if "weights/" not in file
    )

    def predict(texts: Sequence[str]) -> list[str]:
        return [answer["label"] for answer in runtime.predict({column: texts})]

    def about() -> str:
        held_out, test = model.report_, model.evaluate(*data.test)
        kept = test.abstention
        return (
            f"held out {held_out.accuracy.value:.4f} / {held_out.macro_f1.value:.4f}, test ECE "
            f"{test.calibration.ece_after:.4f}, kept {kept.coverage:.3f} of test rows, {_share(kept)} right"
        )

    return predict, size, about


def _share(kept: Any) -> str:
    found = kept.kept_accuracy
    return "none" if found is None else f"{found.value:.4f} ({found.low:.4f} to {found.high:.4f})"


def _peer(data: Dataset, contender: str) -> tuple[Predict, int, Callable[[], str]]:
    from benchmarks import peer_text_cnn, peers

    build = {
        "tf-idf linear": peers.linear,
        "fasttext": peers.fasttext,
        "text cnn": peer_text_cnn.text_cnn,
    }[contender]
    model, chosen = build(data.train, score_of(data.metric))
    return model.predict, model.size(), lambda: chosen


def score_of(metric: str) -> Callable[[Sequence[str], Sequence[str]], float]:
    """scikit-learn's own implementation of a metric, the same for all contenders."""
    from sklearn.metrics import accuracy_score, f1_score

    if metric == "accuracy":
        return lambda true, found: float(accuracy_score(true, found))
    return lambda true, found: float(f1_score(true, found, average="macro"))


def _best(call: Callable[[], object]) -> float:
    """Seconds of the quickest of several calls."""
    times = []
    for _ in range(_REPEATS):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times)


def _single(predict: Predict, texts: Sequence[str]) -> float:
    """Median seconds of a call with one row."""
    times = []
    for text in texts[:_SINGLE_ROWS]:
        start = time.perf_counter()
        predict([text])
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def _line(record: dict[str, Any]) -> str:
    return (
        f"{record['dataset']:<17} {record['contender']:<16} seed {record['seed']} "
        f"{record['metric']} {record['score']:.4f}  train {record['seconds']:6.1f} s  "
        f"peak {record['peak_mib']:5.0f} MiB  "
        f"batch {record['batch_us']:6.1f} us/row  single {record['single_us']:6.0f} us  "
        f"{record['megabytes']:6.1f} MB  {record['about']}"
    )


def _print_table(name: str, records: list[dict[str, Any]]) -> None:
    """Means of each contender, and ours as a ratio to each."""
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for record in records:
        groups[record["contender"]].append(record)
    figures = ("score", "seconds", "batch_us", "single_us", "megabytes")
    means = {
        contender: {figure: statistics.mean(record[figure] for record in group) for figure in figures}
        for contender, group in groups.items()
    }
    print(f"\n{name}: mean of {len(records)} trainings; ratios are ours / theirs")
    for contender, mean in means.items():
        print(f"  {contender:<16} " + "  ".join(f"{figure} {mean[figure]:.4g}" for figure in figures))
    ours = next((mean for contender, mean in means.items() if contender.startswith("lepton")), None)
    for contender, mean in means.items():
        if ours and not contender.startswith("lepton"):
            ratios = "  ".join(f"{figure} {ours[figure] / mean[figure]:.3f}" for figure in figures)
            print(f"  ours / {contender:<13} {ratios}")
    print(flush=True)


def _save(records: list[dict[str, Any]]) -> None:
    """Add the records to the results, each with the commit and time of its own run."""
    from importlib import metadata

    commit = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=False).stdout
    RESULTS.parent.mkdir(exist_ok=True)
    run = {"time": datetime.now(UTC).isoformat(timespec="seconds"), "commit": commit.strip()}
    about = {
        "machine": {"cpu": platform.processor() or platform.machine(), "cores": os.cpu_count()},
        "versions": {
            name: metadata.version(name) for name in ("torch", "onnxruntime", "numpy", "scikit-learn")
        },
    }
    old = json.loads(RESULTS.read_text(encoding="utf-8"))["records"] if RESULTS.exists() else []
    merged = merge(old, [record | run for record in records])
    RESULTS.write_text(json.dumps({"about": run | about, "records": merged}, indent=1), encoding="utf-8")
    print(f"Written to {RESULTS}")


def merge(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The old records, those measured anew replaced in place, then what is measured for the first time."""

    def key(record: dict[str, Any]) -> tuple[Any, ...]:
        return tuple(record[name] for name in ("dataset", "split", "contender", "seed"))

    return list(({key(record): record for record in old} | {key(record): record for record in new}).values())


def quality_table(records: list[dict[str, Any]]) -> dict[str, list[str]]:
    """The mean score of each contender on each dataset, in the order of the README's columns."""
    contenders = ["lepton balanced", "lepton fast", *_PEERS.values()]
    rows = {}
    for name in DATASETS:
        scores: dict[str, list[float]] = {contender: [] for contender in contenders}
        for record in records:
            if record["dataset"] == name and record["contender"] in scores:
                scores[record["contender"]].append(record["score"])
        rows[name] = [f"{statistics.mean(found):.3f}" if found else "–" for found in scores.values()]
    return rows


if __name__ == "__main__":
    main()
