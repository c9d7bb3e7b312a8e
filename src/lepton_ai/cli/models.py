"""`lepton models`: what is in the store."""

from __future__ import annotations

from collections.abc import Sequence

from lepton_ai.cli.console import Console
from lepton_ai.cli.locate import NAME_HELP, locate, store
from lepton_ai.cli.parser import Namespace, Parser
from lepton_ai.core.errors import UsageError
from lepton_ai.core.types import JSON
from lepton_ai.package import Package, open_package


def parser(argv: Sequence[str]) -> Parser:
    """The arguments of the verb."""
    made = Parser("models", description="List the stored models, or show one of them.")
    made.add_argument("action", nargs="?", choices=["list", "show"], default="list", help="default: list")
    made.add_argument("name", nargs="?", metavar="NAME", help=f"for show: {NAME_HELP}")
    return made


def run(args: Namespace, console: Console) -> int:
    """List or show."""
    if (args.action == "show") != bool(args.name):
        raise UsageError(
            "A name goes with show, and show needs one.", hint="For example: lepton models show messages"
        )
    return _show(args.name, console) if args.name else _list(console)


def _list(console: Console) -> int:
    models = store().list()
    if not models:
        console.say("No model is stored yet. Train one: lepton train text-classification FILE")
    for model in models:
        told = model.problem or f"{model.task:<20}  {_date(model.created)}  {_score(model.metrics)}"
        console.say(f"{model.name}@{model.version}".ljust(28) + f"  {told}".rstrip())
    console.result(
        [
            {
                "name": model.name,
                "version": model.version,
                "task": model.task,
                "created": model.created,
                "description": model.description,
                "path": str(model.path),
                "problem": model.problem or None,
            }
            for model in models
        ]
    )
    return 0


def _show(name: str, console: Console) -> int:
    package = open_package(locate(name), replay=False)
    console.say(package.card.rstrip())
    console.say(f"\nPackage: {package.path} ({package.size_bytes / 1e6:.1f} MB)")
    console.result(_facts(package))
    return 0


def _facts(package: Package) -> JSON:
    manifest = package.manifest
    return {
        "name": manifest.name,
        "version": manifest.version,
        "task": manifest.task,
        "created": manifest.created,
        "description": manifest.description,
        "path": str(package.path),
        "bytes": package.size_bytes,
        "signature": manifest.signature,
        "metrics": manifest.metrics,
        "lineage": manifest.lineage,
        "calibration": {
            "temperature": package.calibration.temperature,
            "threshold": package.calibration.threshold,
            "risk": package.calibration.risk,
            "coverage": package.calibration.coverage,
        },
    }


def _date(created: str) -> str:
    return created[:16].replace("T", " ")


def _score(metrics: JSON) -> str:
    """The first score of a report that has an interval."""
    for name, score in metrics.items():
        if isinstance(score, dict) and {"value", "low", "high"} <= score.keys():
            return f"{name} {score['value']:.3f} ({score['low']:.3f} to {score['high']:.3f})"
    return ""
