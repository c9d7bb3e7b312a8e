"""From events to a plan for a recommender, and from what was trained to its package."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lepton_ai.codecs.ranking import IdIndex, RankingOptionsCodec, TopItemsCodec
from lepton_ai.codecs.ranking.index import NearestIndex
from lepton_ai.codecs.ranking.top_k import top_k
from lepton_ai.core.calibration import Calibration
from lepton_ai.core.errors import DataError
from lepton_ai.core.ranking_plan import RankingPlan, RankingRows
from lepton_ai.core.types import JSON, Cell
from lepton_ai.metrics.report import RankingReport
from lepton_ai.package import Graph, PackageContents
from lepton_ai.package.recommender import OPTIONS, USER
from lepton_ai.tasks.side_words import item_words, user_features

if TYPE_CHECKING:
    import polars as pl

    from lepton_ai.data import Interactions, QualityReport, SideTable
    from lepton_ai.training.ranking.fit import TrainedRanking

ITEMS_COLUMN = "items"
"""The output column of a recommender's package."""

_EXAMPLE_CELLS = 100_000
_MOST_EXAMPLES = 12
_REPORT_DEPTH = 100


@dataclass(frozen=True, kw_only=True)
class Catalogued:
    """Events with numbers in place of names, and what the side files add.

    Attributes:
        items: Ids of the catalogue, those with events first.
        users: Ids of the users with events.
        starts: Shape [users + 1].
        events: Item numbers by user, oldest first.
        newest: Shape [items]: 0 for the item whose last event is longest ago, to 1.
        item_side: The side file of the items.
        user_side: The side file of the users.
    """

    items: list[str]
    users: list[str]
    starts: NDArray[np.int64]
    events: NDArray[np.int32]
    newest: NDArray[np.float32]
    item_side: SideTable | None
    user_side: SideTable | None

    def rows(self, held_out: Mapping[int, int]) -> RankingRows:
        """What the training reads."""
        known = None if self.user_side is None else user_features(self.user_side, self.users)
        return RankingRows(
            items=self.items,
            users=self.users,
            starts=self.starts,
            events=self.events,
            held_out=held_out,
            item_words=None if self.item_side is None else item_words(self.item_side, self.items),
            user_features={} if known is None else known.values,
            user_values=None if known is None else known.numbers,
            user_bands=() if known is None else known.bands,
        )


def catalogue(
    events: Interactions, *, item_side: SideTable | None, user_side: SideTable | None
) -> Catalogued:
    """Number the items and users of some events."""
    import polars as pl  # noqa: PLC0415 - only training needs it

    frame = events.frame.select("user", "item").with_row_index("place")
    users = frame["user"].unique(maintain_order=True)
    items = frame["item"].unique(maintain_order=True)
    listed = items.to_list()
    if item_side is not None:
        known = set(listed)
        listed += [item for item in item_side.ids if item not in known]
    frame = frame.join(_numbered(users, "user"), on="user").join(_numbered(items, "item"), on="item")
    frame = frame.sort("user_number", "place")
    counts = np.bincount(frame["user_number"].to_numpy(), minlength=len(users))
    last = frame.group_by("item_number").agg(pl.col("place").max()).sort("item_number")["place"].to_numpy()
    newest = np.ones(len(listed), np.float32)
    newest[: len(last)] = last.argsort().argsort() / max(1, len(listed) - 1)
    return Catalogued(
        items=listed,
        users=users.to_list(),
        starts=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        events=(frame["item_number"].to_numpy() + 1).astype(np.int32),
        newest=newest,
        item_side=item_side,
        user_side=user_side,
    )


def _numbered(ids: pl.Series, name: str) -> pl.DataFrame:
    return ids.to_frame().with_row_index(f"{name}_number")


def given_held_out(catalogued: Catalogued, validation: Interactions) -> dict[int, int]:
    """The first event of each user in a validation set, as user position to item number.

    Raises:
        DataError: No event of it is of a known user with a known item.
    """
    users = {user: place for place, user in enumerate(catalogued.users)}
    items = {item: place for place, item in enumerate(catalogued.items, start=1)}
    found: dict[int, int] = {}
    for user, item in validation.frame.select("user", "item").iter_rows():
        if user in users and item in items:
            found.setdefault(users[user], items[item])
    if not found:
        raise DataError(
            "No validation event is of a user and an item of the data.",
            hint="Give later events of the same users, or none: then their last events are held out.",
        )
    return found


def held_out_report(
    catalogued: Catalogued, plan: RankingPlan, trained: TrainedRanking, *, k: int, name: str
) -> RankingReport:
    """How well the held-out events were foretold, among all items that the user had not seen."""
    lists, lengths = [], []
    for row, user in enumerate(trained.held_out_users.tolist()):
        history = catalogued.events[catalogued.starts[user] : catalogued.starts[user + 1]]
        came = int(trained.held_out_items[row])
        scores = trained.held_out_scores[row].copy()
        if not plan.repeats:
            scores[np.setdiff1d(history, [came]) - 1] = -np.inf
        best = top_k(scores, _REPORT_DEPTH)
        lists.append([catalogued.items[place] for place in best.tolist() if scores[place] > -np.inf])
        lengths.append(len(history) - 1)
    counts = np.bincount(catalogued.events, minlength=len(catalogued.items) + 1)[1:]
    return RankingReport.build(
        lists,
        [[catalogued.items[number - 1]] for number in trained.held_out_items.tolist()],
        k=k,
        catalogue_size=len(catalogued.items),
        popularity=dict(zip(catalogued.items, counts.tolist(), strict=True)),
        history_lengths=lengths,
        notes=plan.explanation,
        name=name,
        seed=plan.seed,
    )


def assemble_ranking(
    catalogued: Catalogued,
    plan: RankingPlan,
    trained: TrainedRanking,
    *,
    name: str,
    lineage: JSON,
    profile: JSON,
    metrics: JSON,
    quality: QualityReport,
) -> PackageContents:
    """The contents of a recommender's package."""
    output = _output(catalogued, plan, trained)
    cells = _example(catalogued)
    columns: dict[str, Sequence[Cell]] = {USER: cells, OPTIONS: [None] * len(cells)}
    outputs = trained.raw(cells)
    calibration = Calibration()
    return PackageContents(
        task=plan.task,
        name=name,
        description=f"Recommends from {len(catalogued.items):,} items to whoever has a history.",
        inputs={USER: trained.input, OPTIONS: RankingOptionsCodec()},
        output_column=ITEMS_COLUMN,
        output=output,
        graphs={"default": Graph(model=trained.graph, outputs=trained.outputs, tolerance=trained.tolerance)},
        calibration=calibration,
        example=columns,
        outputs=outputs,
        answers=output.decode(outputs, calibration, columns),
        profile=profile,
        metrics=metrics,
        lineage=lineage,
        findings=[asdict(finding) for finding in quality.findings],
        weights=trained.weights,
    )


def _output(catalogued: Catalogued, plan: RankingPlan, trained: TrainedRanking) -> TopItemsCodec:
    counts = np.bincount(catalogued.events, minlength=len(catalogued.items) + 1)[1:]
    side = catalogued.item_side
    rows = {} if side is None else {item: row for row, item in enumerate(side.ids)}
    places = [rows.get(item) for item in catalogued.items]
    names, categories = _categories(side, places)
    return TopItemsCodec(
        IdIndex(catalogued.items),
        vectors=trained.vectors,
        popularity=(counts / max(1, counts.sum())).astype(np.float32),
        newest=catalogued.newest,
        categories=names,
        item_categories=categories,
        titles=None
        if side is None or side.titles is None
        else [side.titles[place] if place is not None else "" for place in places],
        stock=None
        if side is None or side.stock is None
        else np.array([place is None or bool(side.stock[place]) for place in places]),
        search=trained.search,
        index=None if trained.search is None else NearestIndex.build(trained.search),
        repeats=plan.repeats,
    )


def _categories(
    side: SideTable | None, places: Sequence[int | None]
) -> tuple[list[str], tuple[NDArray[np.int64], NDArray[np.int32]] | None]:
    """Names of all categories of all columns, and those of each item."""
    if side is None or not side.categories:
        return [], None
    each = [
        []
        if place is None
        else sorted({value for cells in side.categories.values() for value in cells[place]})
        for place in places
    ]
    names = sorted({name for found in each for name in found})
    number = {name: position for position, name in enumerate(names)}
    starts = np.concatenate([[0], np.cumsum([len(found) for found in each])]).astype(np.int64)
    return names, (starts, np.array([number[name] for found in each for name in found], np.int32))


def _example(catalogued: Catalogued) -> list[Cell]:
    """Users with histories of all lengths, a history without a user, and nobody."""
    count = max(1, min(_MOST_EXAMPLES, _EXAMPLE_CELLS // max(1, len(catalogued.items)) - 2))
    order = np.argsort(np.diff(catalogued.starts), kind="stable")
    chosen = order[np.linspace(0, len(order) - 1, count).astype(int)]
    cells: list[Cell] = [catalogued.users[user] for user in dict.fromkeys(chosen.tolist())]
    return [*cells, catalogued.items[:3], None]
