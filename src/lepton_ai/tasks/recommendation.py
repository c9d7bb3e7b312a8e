"""What to recommend to whom, from events; or how somebody will rate something."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self, get_args

import numpy as np
from numpy.typing import NDArray

from lepton_ai.codecs.ranking import TopItemsCodec
from lepton_ai.codecs.ranking.options import MOST_RECOMMENDED
from lepton_ai.core.errors import UsageError
from lepton_ai.core.progress import Progress
from lepton_ai.core.ranking_plan import RankingPlan
from lepton_ai.core.rating_plan import RatingPlan, RatingRows
from lepton_ai.core.types import JSON, Columns
from lepton_ai.metrics.ranked_lists import Lists, Sets
from lepton_ai.metrics.report import RankingReport, RatingReport
from lepton_ai.package import PackageContents
from lepton_ai.package.manifest import check_name
from lepton_ai.package.recommender import Recommender
from lepton_ai.tasks.base import Estimator, named_table
from lepton_ai.tasks.events import (
    EventColumns,
    PreparedEvents,
    Sides,
    rated,
    rating_rows,
    refuse_targets,
    who,
)
from lepton_ai.tasks.judged import judged, ranked_lists
from lepton_ai.tasks.lineage import lineage
from lepton_ai.tasks.ranking import (
    Catalogued,
    assemble_ranking,
    catalogue,
    given_held_out,
    held_out_report,
)
from lepton_ai.tasks.ranking_recipes import check_whole, choose_ranking
from lepton_ai.tasks.rating import assemble_rating, plan_rating
from lepton_ai.tasks.recipes import Recipe

if TYPE_CHECKING:
    from lepton_ai.data import Interactions, Table

Target = Literal["ranking", "rating"]
"""What is learned: which items come next, or how an item is rated."""

Loss = Literal["softmax", "sampled_softmax", "bpr", "bce"]
"""How networks are told what came and what did not."""


class DNNRecommender(Estimator[PreparedEvents, Any, Any]):
    """Learns from events what to recommend to whom, or with `target="rating"` how items are rated.

    Attributes:
        user: Column that says who; guessed, and the guess explained, when left out.
        item: Column that says with what; likewise.
        rating: Column that says how much it was liked; likewise. Read when ratings are the target.
        time: Column that says when; likewise. Without times the order of the rows counts for nothing.
        items: File (or table) that describes items: titles, texts, categories, numbers, stock.
        users: File (or table) that describes users: categories and numbers.
        target: "ranking" learns which items come next, "rating" how an item is rated.
        recipe: How much time to spend: fast (seconds), balanced, or best (several minutes).
        networks: Names of networks in place of the recipe's: item_linear, causal_transformer, gru_sequence,
            caser, two_tower, neumf.
        loss: What networks are told they did wrong: softmax, sampled_softmax, bpr or bce; chosen by the size
            of the catalogue when left out.
        k: How many items the report looks at and `predict` gives.
        seed: Seed of everything random; the same seed and data give the same model.
        name: The model's name in its package.
        progress: Told how far the training has come.

    Example:
        >>> from lepton_ai import DNNRecommender
        >>> events = [{"user": u, "item": f"part {n}", "time": n} for u in range(30) for n in range(u % 4, 6)]
        >>> model = DNNRecommender(recipe="fast").fit(events)
        >>> [each["item"] for each in model.recommend(["part 1", "part 2"], k=1)]
        ['part 3']
    """

    task: ClassVar[str] = "recommendation"
    kind: ClassVar[str] = "recommender"

    def __init__(
        self,
        *,
        user: str | None = None,
        item: str | None = None,
        rating: str | None = None,
        time: str | None = None,
        items: str | Any = None,
        users: str | Any = None,
        target: Target = "ranking",
        recipe: Recipe = "balanced",
        networks: Sequence[str] | None = None,
        loss: Loss | None = None,
        k: int = 10,
        seed: int = 0,
        name: str = "recommender",
        progress: Progress | None = None,
    ) -> None:
        self.user = user
        self.item = item
        self.rating = rating
        self.time = time
        self.items = items
        self.users = users
        self.target = target
        self.recipe = recipe
        self.networks = networks
        self.loss = loss
        self.k = k
        self.seed = seed
        self.name = name
        self.progress = progress

    # -- answering ----------------------------------------------------------------------------

    def recommend(
        self,
        user_or_history: Any,
        k: int = 10,
        *,
        filters: Mapping[str, Any] | None = None,
        exclude_seen: bool | None = None,
        diversity: float = 0.0,
    ) -> list[JSON]:
        """The best items for a user or a history, best first.

        Args:
            user_or_history: A user id; a list of item ids, oldest first; an object with any of `user`,
                `history` and `features`; or None for somebody of whom nothing is known.
            k: How many items.
            filters: Further options: allow, deny, categories, exclude_categories, max_per_category, recency,
                in_stock; see `lepton_ai.codecs.ranking.Options`.
            exclude_seen: Leave out the items of the history; None does so unless items come again in the
                events that the model was trained on.
            diversity: 0 ranks by score alone, 1 by how little an item is like those above it.

        Returns:
            For each item its id, title (where there are any), score and the reason for it.

        Raises:
            InputError: An argument does not fit; it names the field.
            UsageError: The model was trained for ratings.
        """
        options = {"exclude_seen": exclude_seen, **(filters or {}), "k": k, "diversity": diversity}
        items: list[JSON] = self._recommender().recommend([who(user_or_history)], options)[0]["items"]
        return items

    def similar_items(self, item: Any, k: int = 10) -> list[JSON]:
        """The items most like one, each with id, title (where there are any) and score.

        Raises:
            NotFoundError: The item is not in the catalogue.
            UsageError: The model was trained for ratings.
        """
        return self._recommender().similar_items(item, k=k)

    def predict(self, rows: Any) -> Any:
        """For a ranking model, the ids of the `k` best items for each user or history in `rows`.

        Rows are a list of whatever `recommend` takes, or a table with a column of users. For a rating model
        they are a table with users and items; of each row, its rating: shape [rows].
        """
        if self._rates():
            return self._foretold(self._columns_named().ids(rows, "user", "item"))
        cells = self._columns_named().cells(rows)
        answers = self._recommender().recommend(cells, {"k": self.k})
        return [[item["item"] for item in answer["items"]] for answer in answers]

    def evaluate(self, data: Any, y: Sequence[Any] | None = None) -> RankingReport | RatingReport:
        """The report on events that the model was not trained on, in any form that `fit` takes.

        Events with items that the model does not know count as missed; users it does not know get what it
        recommends to strangers.

        Raises:
            DataError: The data have no users and items, or, for a rating model, no ratings.
        """
        refuse_targets(y)
        if self._rates():
            return self._rating_report(data)
        self._output()
        return judged(self._runtime(), self._events(data), k=self.k)

    def ranked_items(
        self, data: Any, *, k: int, negatives: int | None = None, seed: int = 0
    ) -> tuple[Lists, Sets]:
        """What is recommended to the users of `data`, and what they took; see `metrics.ranking.Ranks`."""
        self._output()
        return ranked_lists(self._runtime(), self._events(data), k=k, negatives=negatives, seed=seed)

    def predicted_ratings(self, data: Any) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The ratings in `data`, and what a rating model foretells of the same users and items.

        Raises:
            DataError: There are no ratings.
            UsageError: The model was trained for ranking.
        """
        if not self._rates():
            raise UsageError("This model ranks items.", hint='Train one with target="rating".')
        frame = rated(self._events(data))
        return frame["rating"].to_numpy().astype(np.float64), self._foretold(frame.to_dict(as_series=False))

    @classmethod
    def example(cls) -> JSON:
        """Forty users who go through ten items in nearly the same order."""
        users, items, times, ratings = [], [], [], []
        for user in range(40):
            for step in range(user % 3, 10 - user % 4):
                users.append(f"user {user}")
                items.append(f"item {step if (user + step) % 7 else (step + 3) % 10}")
                times.append(1_700_000_000 + 86_400 * step + user)
                ratings.append(1 + (user + step) % 5)
        return {"user": users, "item": items, "rating": ratings, "time": times}

    def commands(self, reference: str) -> list[str]:
        """See `Estimator.commands`."""
        if self._rates():
            return [f"lepton predict {reference} --file pairs.csv --out ratings.jsonl"]
        return [f"lepton recommend {reference} USER", f"lepton serve {reference}"]

    # -- training -----------------------------------------------------------------------------

    def fit(self, data: Any, y: Sequence[Any] | None = None, *, validation: Any = None) -> Self:
        """See `Estimator.fit`. Events carry what is right in themselves: `y` is left out."""
        refuse_targets(y)
        return super().fit(data, validation=validation)

    def prepare(self, table: Table, validation: Table | None, *, plain: bool = False) -> PreparedEvents:
        """See `Estimator.prepare`."""
        from lepton_ai.data import check_quality, read_interactions  # noqa: PLC0415 - only training needs it

        self._check_settings()
        schema = self._columns_named().schema(table)
        quality = check_quality(table.frame, schema, progress=self.progress)
        events = read_interactions(table, schema)
        sides = Sides.read(events, items=self.items, users=self.users)
        if self.target == "ranking":
            catalogued = catalogue(events, item_side=sides.items, user_side=sides.users)
            later = None if validation is None else self._columns_named().read(validation)
            held_out = {} if later is None else given_held_out(catalogued, later)
            ranking = self._ranking_plan(events, sides, catalogued, judged_by=len(held_out))
            rows = catalogued.rows(held_out)
            return PreparedEvents(table, schema, quality, ranking, rows, events, catalogued)
        if validation is not None:
            raise UsageError(
                "A model for ratings is judged by ratings held out in turn.",
                hint="Leave out the validation rows, and evaluate on them afterwards.",
            )
        ratings = rating_rows(events, sides)
        plan = plan_rating(ratings, recipe=self.recipe, seed=self.seed, task=self.task)
        return PreparedEvents(table, schema, quality, plan, ratings, events, None)

    def _ranking_plan(
        self, events: Interactions, sides: Sides, catalogued: Catalogued, *, judged_by: int
    ) -> RankingPlan:
        from lepton_ai.data import describe_interactions  # noqa: PLC0415 - only training needs it

        choice = choose_ranking(
            self.recipe,
            describe_interactions(events),
            items=len(catalogued.items),
            described=sides.items is not None or sides.users is not None,
            networks=self.networks,
            loss=self.loss,
        )
        how = (
            f"The first validation events of {judged_by:,} users judge the model."
            if judged_by
            else "The last event of each user is held out, foretold, and trained on in the end."
        )
        return RankingPlan(
            task=self.task,
            networks=choice.networks,
            length=choice.length,
            repeats=choice.repeats,
            seed=self.seed,
            explanation=(*events.notes, *sides.notes(), *choice.explanation, how),
        )

    def assemble(
        self, prepared: PreparedEvents, trained: Any
    ) -> tuple[PackageContents, RankingReport | RatingReport]:
        """See `Estimator.assemble`."""
        from lepton_ai.data import profile_interactions  # noqa: PLC0415 - only training needs it

        profile = profile_interactions(prepared.events)
        table, plan, catalogued = prepared.table, prepared.plan, prepared.catalogued
        made: JSON = {
            "dataset": table.fingerprint,
            "source": table.origin.format,
            "settings": self.kept_settings(),
        }
        if catalogued is None or not isinstance(plan, RankingPlan):
            return self._assemble_rating(prepared, trained, profile=profile, made=made)
        report = held_out_report(catalogued, plan, trained, k=self.k, name=self.name)
        contents = assemble_ranking(
            catalogued,
            plan,
            trained,
            name=self.name,
            lineage=lineage(plan, rows=len(prepared.events), **made),
            profile=profile,
            metrics=report.summary(),
            quality=prepared.quality,
        )
        return contents, report

    def _assemble_rating(
        self, prepared: PreparedEvents, trained: Any, *, profile: JSON, made: JSON
    ) -> tuple[PackageContents, RatingReport]:
        plan, rows = prepared.plan, prepared.rows
        if not isinstance(plan, RatingPlan) or not isinstance(rows, RatingRows):
            raise TypeError(f"a {type(plan).__name__} is no plan for ratings")
        report = RatingReport.build(
            rows.ratings[trained.held_out],
            trained.held_out_ratings,
            users=[rows.users[row] for row in trained.held_out.tolist()],
            notes=plan.explanation,
            name=self.name,
            seed=self.seed,
        )
        contents = assemble_rating(
            plan,
            rows,
            trained,
            name=self.name,
            metrics=report.summary(),
            profile=profile,
            findings=[asdict(finding) for finding in prepared.quality.findings],
            **made,
        )
        return contents, report

    def kept_settings(self) -> JSON:
        """See `Estimator.kept_settings`; a side file is kept by its path only."""
        kept = super().kept_settings()
        for name in ("items", "users"):
            kept[name] = str(kept[name]) if isinstance(kept[name], str | Path) else None
        return kept | {"networks": None if self.networks is None else list(self.networks)}

    # -- inside -------------------------------------------------------------------------------

    def _check_settings(self) -> None:
        check_name(self.name)
        check_whole("k", self.k, least=1, most=MOST_RECOMMENDED)
        check_whole("seed", self.seed, least=0)
        if self.target not in get_args(Target):
            raise UsageError(f"There is no target {self.target!r}.", hint="Known: 'ranking', 'rating'.")
        if self.target == "rating" and (self.networks is not None or self.loss is not None):
            raise UsageError(
                "networks and loss are for ranking.", hint="Leave them out where ratings are the target."
            )

    def _columns_named(self) -> EventColumns:
        return EventColumns(user=self.user, item=self.item, rating=self.rating, time=self.time)

    def _events(self, data: Any) -> Interactions:
        self._fitted()
        return self._columns_named().read(named_table(data))

    def _rates(self) -> bool:
        return not isinstance(self._fitted().output, TopItemsCodec)

    def _recommender(self) -> Recommender:
        self._output()
        return Recommender(self._runtime())

    def _output(self) -> TopItemsCodec:
        output = self._fitted().output
        if not isinstance(output, TopItemsCodec):
            raise UsageError("This model foretells ratings.", hint='Train one with target="ranking".')
        return output

    def _foretold(self, columns: Columns) -> NDArray[np.float64]:
        """What a rating model answers, shape [rows]."""
        answers = self._runtime().predict({name: columns[name] for name in self._fitted().inputs})
        return np.array([answer["value"] for answer in answers], np.float64)

    def _rating_report(self, data: Any) -> RatingReport:
        events = self._events(data)
        frame = rated(events)
        return RatingReport.build(
            frame["rating"].to_numpy(),
            self._foretold(frame.to_dict(as_series=False)),
            users=frame["user"].to_list(),
            notes=events.notes,
            name=self._fitted().manifest.name,
        )
