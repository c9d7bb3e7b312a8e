"""`lepton serve`: stored models behind HTTP, without PyTorch."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from lepton_ai.cli.console import Console
from lepton_ai.cli.flags import add_settings, given_settings
from lepton_ai.cli.locate import NAME_HELP, locate
from lepton_ai.cli.parser import Namespace, Parser
from lepton_ai.core.errors import UsageError
from lepton_ai.package import Runtime, open_package
from lepton_ai.package.source import load_manifest, open_files
from lepton_ai.serving.limits import Limits
from lepton_ai.serving.server import DEFAULT_HOST, DEFAULT_PORT, run_server


def parser(argv: Sequence[str]) -> Parser:
    """The arguments of the verb."""
    made = Parser(
        "serve",
        description="Answer over HTTP with one or more stored models, until Ctrl-C or SIGTERM.\n"
        "The server's events go to standard error, one JSON object a line.",
    )
    made.add_argument("names", metavar="NAME", nargs="+", help=NAME_HELP)
    made.add_argument(
        "--host", default=DEFAULT_HOST, metavar="HOST", help=f"where to listen (default: {DEFAULT_HOST})"
    )
    made.add_argument(
        "--port",
        type=int,
        default=DEFAULT_PORT,
        metavar="N",
        help=f"0 picks a free one (default: {DEFAULT_PORT})",
    )
    made.add_argument(
        "--allow-public",
        action="store_true",
        help="listen where other machines reach it, though nothing asks for keys",
    )
    made.add_argument(
        "--trusted-host",
        action="append",
        default=[],
        metavar="NAME",
        help="answer for this host name as well",
    )
    made.add_argument(
        "--grace", type=float, default=20.0, metavar="SECONDS", help="time to end requests when stopped"
    )
    made.add_argument(
        "--threads", type=int, default=1, metavar="N", help="threads of one prediction (default: 1)"
    )
    add_settings(made, Limits, title="limits")
    return made


def run(args: Namespace, console: Console) -> int:
    """Serve until told to stop."""
    packages = _packages(args.names)
    names = sorted(packages)

    def ready(url: str) -> None:
        console.say(f"Serving {', '.join(names)} at {url}  (documentation: {url}/docs; stop with Ctrl-C)")
        console.result({"url": url, "models": names})

    run_server(
        {name: partial(_open, path, args.threads) for name, path in packages.items()},
        host=args.host,
        port=args.port,
        limits=Limits(**given_settings(args, Limits)),
        grace=args.grace,
        allow_public=args.allow_public,
        trusted_hosts=args.trusted_host,
        on_ready=ready,
    )
    return 0


def _packages(names: Sequence[str]) -> dict[str, Path]:
    """The packages by the name that each is served under."""
    packages: dict[str, Path] = {}
    for given in names:
        path = locate(given)
        name = load_manifest(open_files(path)).name
        if name in packages:
            raise UsageError(
                f"Two of the packages are named {name!r}, and a name can be served once.",
                hint="Serve the versions of a model from two servers, on two ports.",
            )
        packages[name] = path
    return packages


def _open(path: Path, threads: int) -> Runtime:
    return Runtime(open_package(path), threads=threads)
