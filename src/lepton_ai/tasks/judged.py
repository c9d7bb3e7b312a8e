"""A recommender's lists for users whose later events are known, and the report on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from lepton_ai.codecs.ranking import HistoryCodec, TopItemsCodec
from lepton_ai.core.types import JSON, Cell
from lepton_ai.metrics.ranked_lists import Lists, Sets
from lepton_ai.metrics.report import RankingReport
from lepton_ai.package import Runtime
from lepton_ai.package.recommender import OPTIONS, USER
from lepton_ai.tasks.events import items_by_user

if TYPE_CHECKING:
    from lepton_ai.data import Interactions

_AT_ONCE = 512
_DEPTH = 100


def ranked_lists(
    runtime: Runtime, events: Interactions, *, k: int, negatives: int | None = None, seed: int = 0
) -> tuple[Lists, Sets]:
    """A list for each user of the events, in order of their first ones, and the items they took.

    Args:
        runtime: The recommender.
        events: Events that it was not trained on.
        k: Items of a list.
        negatives: None ranks all items; a number ranks those taken among so many drawn at random.
        seed: Start of that draw.
    """
    taken = items_by_user(events)
    cells: list[Cell] = list(taken)
    options = _options(runtime, taken, k=k, negatives=negatives, seed=seed)
    lists: list[list[str]] = []
    for start in range(0, len(cells), _AT_ONCE):
        some = slice(start, start + _AT_ONCE)
        answers = runtime.predict({USER: cells[some], OPTIONS: options[some]})
        lists += [[item["item"] for item in answer["items"]] for answer in answers]
    return lists, [set(items) for items in taken.values()]


def judged(runtime: Runtime, events: Interactions, *, k: int) -> RankingReport:
    """The report of a recommender on events, with a note on those that it was trained on.

    Args:
        runtime: The recommender.
        events: What its users took later.
        k: How many items of a list the scores look at.
    """
    lists, sets = ranked_lists(runtime, events, k=max(k, _DEPTH))
    output = runtime.package.output
    if not isinstance(output, TopItemsCodec):
        raise TypeError("the items of the package are ranked by another codec")
    names = output.items.ids(range(1, len(output.items) + 1))
    return RankingReport.build(
        lists,
        sets,
        k=k,
        catalogue_size=len(names),
        popularity=dict(zip(names, output.catalogue.popularity.tolist(), strict=True)),
        history_lengths=history_codec(runtime).sizes(list(items_by_user(events))).tolist(),
        notes=[*events.notes, *_seen_note(runtime, output, events)],
        name=runtime.package.manifest.name,
    )


def _seen_note(runtime: Runtime, output: TopItemsCodec, events: Interactions) -> list[str]:
    """What is to be said of events whose items are left out of the lists; nothing when there are none."""
    if output.repeats:
        return []
    codec = history_codec(runtime)
    users = codec.users.numbers(events.frame["user"].to_list())
    items = codec.items.numbers(events.frame["item"].to_list())
    owners = np.repeat(np.arange(1, len(codec.starts)), np.diff(codec.starts))
    width = len(codec.items) + 1
    count = int(np.isin(users * width + items, owners * width + codec.events).sum())
    if not count:
        return []
    return [
        f"{count:,} of {len(events):,} events repeat a user and an item of the training data, and what is"
        " seen is left out of lists: they count as missed."
    ]


def history_codec(runtime: Runtime) -> HistoryCodec:
    """The codec of a recommender's users."""
    codec = runtime.package.inputs[USER]
    if not isinstance(codec, HistoryCodec):
        raise TypeError("the users of the package are read by another codec")
    return codec


def _options(
    runtime: Runtime, taken: Mapping[str, Sequence[str]], *, k: int, negatives: int | None, seed: int
) -> list[JSON]:
    """What is asked of each list: all items, or those taken among some drawn."""
    common: JSON = {"k": k, "in_stock": False}
    if negatives is None:
        return [common] * len(taken)
    codec, generator = history_codec(runtime), np.random.default_rng(seed)
    everything = np.arange(1, len(codec.items) + 1)
    options = []
    for user, items in taken.items():
        known = [*codec.encode([user])["seen"][0], *codec.items.numbers(list(items))]
        others = np.setdiff1d(everything, known)
        drawn = generator.choice(others, min(negatives, len(others)), replace=False)
        options.append({**common, "allow": [*items, *codec.items.ids(np.sort(drawn))]})
    return options
