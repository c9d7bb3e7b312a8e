"""`lepton recommend`: a ranked list for a user or a history, items like one, or lists for everybody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from lepton_ai.cli.console import Console
from lepton_ai.cli.locate import NAME_HELP, check_folder_of, locate
from lepton_ai.cli.parser import Namespace, Parser
from lepton_ai.core.errors import UsageError
from lepton_ai.core.types import JSON
from lepton_ai.package import Recommender, Runtime, open_package

if TYPE_CHECKING:
    from lepton_ai.codecs.ranking import HistoryCodec, IdIndex, TopItemsCodec

_EXAMPLES = """examples:
  lepton recommend films u17
  lepton recommend films u17 --history f012,f044 --k 5      (what u17 has just watched counts at once)
  lepton recommend films --history f012 --category comedy --max-per-category 2
  lepton recommend films --similar-to f012
  lepton recommend films --all-users --out top10.parquet
"""
_ENDINGS = (".parquet", ".jsonl", ".csv")
_LISTS = {
    "allow": "allow",
    "deny": "deny",
    "category": "categories",
    "exclude_category": "exclude_categories",
}
"""Flag to the option that it fills."""


def parser(argv: Sequence[str]) -> Parser:
    """The arguments of the verb."""
    made = Parser("recommend", description="Recommend items with a stored model.", epilog=_EXAMPLES)
    made.add_argument("name", metavar="NAME", help=NAME_HELP)
    made.add_argument("users", metavar="USER", nargs="*", help="who to recommend for; one list each")
    made.add_argument(
        "--history", metavar="ITEM,ITEM,...", help="items they chose, oldest first; added to what is stored"
    )
    made.add_argument("--similar-to", metavar="ITEM", help="list the items most like this one instead")
    made.add_argument("--k", type=int, metavar="N", help="how many items, 1 to 1000 (default: 10)")
    rules = made.add_argument_group("rules")
    rules.add_argument(
        "--allow", action="append", metavar="ITEM", help="nothing but this; may be given again"
    )
    rules.add_argument("--deny", action="append", metavar="ITEM", help="never this; may be given again")
    rules.add_argument(
        "--category", action="append", metavar="NAME", help="only this category; may be given again"
    )
    rules.add_argument(
        "--exclude-category", action="append", metavar="NAME", help="not this category; may be given again"
    )
    rules.add_argument("--max-per-category", type=int, metavar="N", help="most items of one category")
    rules.add_argument(
        "--diversity", type=float, metavar="X", help="0: by score alone, to 1: by variety alone"
    )
    rules.add_argument("--recency", type=float, metavar="X", help="0 to 1: how much newer items are lifted")
    rules.add_argument("--include-seen", action="store_true", help="items of the history as well")
    rules.add_argument("--include-out-of-stock", action="store_true", help="items out of stock as well")
    batch = made.add_argument_group("everybody")
    batch.add_argument("--all-users", action="store_true", help="a list for every user that the model knows")
    batch.add_argument("--out", type=Path, metavar="FILE", help=f"where the lists go: {', '.join(_ENDINGS)}")
    made.add_argument(
        "--threads", type=int, default=1, metavar="N", help="threads of the runtime (default: 1)"
    )
    return made


def run(args: Namespace, console: Console) -> int:
    """Recommend in the way that was asked for."""
    _check(args)
    options = _checked_options(args)
    recommender = Recommender(Runtime(open_package(locate(args.name)), threads=args.threads))
    if args.similar_to is not None:
        return _similar(recommender, args, console)
    _note_unknown(recommender, args, options, console)
    if args.all_users:
        return _everybody(recommender, args.out, options, console)
    return _lists(recommender, args, options, console)


def _check(args: Namespace) -> None:
    """Refuse flags that contradict one another."""
    ways = {
        "users or --history": bool(args.users) or args.history is not None,
        "--similar-to": args.similar_to is not None,
        "--all-users": args.all_users,
    }
    chosen = [way for way, given in ways.items() if given]
    if len(chosen) > 1:
        raise UsageError(f"{chosen[0]} and {chosen[1]} do not go together.", hint="Choose one of them.")
    if not chosen:
        raise UsageError(
            "lepton recommend needs to know for whom.",
            hint="Give a USER, --history, --similar-to or --all-users. See: lepton recommend --help",
        )
    if args.all_users != (args.out is not None):
        raise UsageError("--all-users and --out go together.", hint="Give both, or neither.")
    check_folder_of(args.out)
    if args.similar_to is not None and (unused := sorted(_options(args).keys() - {"k"})):
        raise UsageError(
            f"With --similar-to these mean nothing: {', '.join(unused)}.", hint="Leave them out."
        )


def _options(args: Namespace) -> JSON:
    """The options that were given, as the model takes them."""
    plain = ("k", "max_per_category", "diversity", "recency")
    options: JSON = {name: getattr(args, name) for name in plain if getattr(args, name) is not None}
    options |= {option: getattr(args, flag) for flag, option in _LISTS.items() if getattr(args, flag)}
    if args.include_seen:
        options["exclude_seen"] = False
    if args.include_out_of_stock:
        options["in_stock"] = False
    return options


def _checked_options(args: Namespace) -> JSON:
    """The options, when their values are allowed: told here in terms of the flags."""
    from lepton_ai.codecs.ranking.options import option_schemas  # quick help
    from lepton_ai.package.signature import compile_cell  # quick help

    options = _options(args)
    schemas = option_schemas()
    flags = {option: flag for flag, option in _LISTS.items()}
    for name, value in options.items():
        problem = compile_cell(schemas[name])(value)
        if problem is not None:
            raise UsageError(f"--{flags.get(name, name).replace('_', '-')} {problem}.")
    return options


def _history(args: Namespace) -> list[str]:
    """The items of --history."""
    return [item.strip() for item in (args.history or "").split(",") if item.strip()]


def _note_unknown(recommender: Recommender, args: Namespace, options: JSON, console: Console) -> None:
    """Tell which of the given ids and names the model does not know; none of them is an error."""
    users, items = users_of(recommender), recommender.runtime.package.output
    catalogue = cast("TopItemsCodec", items).catalogue
    history = _history(args)
    for user in args.users:
        if users.number(user) == 0:
            else_ = "the list follows --history alone" if history else "the list is what anyone might like"
            console.note(f"The model does not know the user {user!r}: {else_}.")
    listed = {"--history": history, "--allow": args.allow or (), "--deny": args.deny or ()}
    for flag, ids in listed.items():
        _note_missing(flag, [one for one in ids if catalogue.items.number(one) == 0], "item", console)
    known = set(catalogue.categories)
    for flag in ("category", "exclude_category"):
        missing = [one for one in getattr(args, flag) or () if one not in known]
        _note_missing(f"--{flag.replace('_', '-')}", missing, "category", console)


def _note_missing(flag: str, missing: Sequence[str], what: str, console: Console) -> None:
    if missing:
        shown = ", ".join(map(repr, missing[:5])) + (", ..." if len(missing) > 5 else "")
        console.note(f"{flag}: the model knows no {what} {shown}; passed over.")


def users_of(recommender: Recommender) -> IdIndex:
    """The users that a model knows."""
    return cast("HistoryCodec", recommender.runtime.package.inputs["user"]).users


def _lists(recommender: Recommender, args: Namespace, options: JSON, console: Console) -> int:
    history = _history(args)
    users: list[str | None] = list(args.users) or [None]
    cells = [{"user": user, "history": history} for user in users]
    told: list[JSON] = []
    for user, answer in zip(users, recommender.recommend(cells, options), strict=True):
        console.say(f"{'For user ' + user if user is not None else 'For this history'}:")
        _show(recommender, answer["items"], options.get("k", 10), console)
        told.append({"user": user, **answer})
    console.result({**_model(recommender), "recommendations": told})
    return 0


def _similar(recommender: Recommender, args: Namespace, console: Console) -> int:
    items = recommender.similar_items(args.similar_to, k=10 if args.k is None else args.k)
    console.say(f"Like item {args.similar_to}:")
    _show(recommender, items, len(items), console)
    console.result({**_model(recommender), "item": args.similar_to, "items": items})
    return 0


def _everybody(recommender: Recommender, out: Path, options: JSON, console: Console) -> int:
    from lepton_ai.cli.everybody import recommend_to_all  # not needed for one list

    with console.progress() as progress:
        totals = recommend_to_all(recommender, users_of(recommender), out, options, progress=progress)
    console.note(f"{totals.users:,} users in {totals.seconds:.1f} s, {totals.items:,} items. Lists: {out}")
    console.result({**_model(recommender), "out": str(out), **totals.to_json()})
    return 0


def _model(recommender: Recommender) -> JSON:
    manifest = recommender.runtime.package.manifest
    return {"model": manifest.name, "version": manifest.version}


def _show(recommender: Recommender, items: Sequence[JSON], wanted: int, console: Console) -> None:
    """A ranked list as a table."""
    titles = _titles(recommender, items)
    rows = [
        [
            str(rank),
            one["item"],
            one.get("title", ""),
            f"{one['score']:.4f}",
            words(one.get("reason"), titles),
        ]
        for rank, one in enumerate(items, start=1)
    ]
    for line in table(["#", "item", "title", "score", "why"], rows):
        console.say(f"  {line}")
    if len(items) < wanted:
        console.note(f"No more than {len(items)} are left under these rules; {wanted} were asked for.")


def _titles(recommender: Recommender, items: Sequence[JSON]) -> Mapping[str, str]:
    """The titles of the items that are told as reasons."""
    catalogue = cast("TopItemsCodec", recommender.runtime.package.output).catalogue
    if catalogue.titles is None:
        return {}
    named = {each for one in items for each in one.get("reason", {}).get("items", ())}
    return {each: catalogue.titles[catalogue.items.number(each) - 1] for each in named}


def words(reason: JSON | None, titles: Mapping[str, str]) -> str:
    """A reason in words; an item is called by its title where it has one."""
    if reason is None:
        return ""
    if reason["kind"] == "because_of":
        return f"because of {', '.join(titles.get(one) or one for one in reason['items'])}"
    return {"popular": "popular", "similar_users": "people with a like history"}.get(
        reason["kind"], str(reason["kind"])
    )


def table(head: Sequence[str], rows: Sequence[Sequence[str]], *, widest: int = 40) -> list[str]:
    """Lines with even columns, Chinese characters as wide as they are shown; empty columns are left out."""
    from lepton_ai.metrics.report.text import display_width, fit  # quick help

    columns: list[Any] = [cells for cells in zip(head, *rows, strict=True) if any(cells[1:]) or not rows]
    widths = [min(widest, max(map(display_width, cells))) for cells in columns]
    return [
        "  ".join(fit(cell, width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in zip(*columns, strict=True)
    ]
