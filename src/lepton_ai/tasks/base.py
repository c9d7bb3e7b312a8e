"""What every task's estimator can do: fit, predict, evaluate, save, load, in scikit-learn's habits."""

from __future__ import annotations

import inspect
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, Self, TypeVar

from lepton_ai.core.errors import DataError, PackageError, UsageError, did_you_mean
from lepton_ai.core.plan import Plan, TrainingRows
from lepton_ai.core.progress import Progress, Silent
from lepton_ai.core.ranking_plan import RankingPlan, RankingRows
from lepton_ai.core.rating_plan import RatingPlan, RatingRows
from lepton_ai.core.types import JSON, Columns
from lepton_ai.package import Package, PackageContents, Runtime, open_package, pack, unpack, write_package
from lepton_ai.package.manifest import RESTORE

if TYPE_CHECKING:
    import polars as pl

    from lepton_ai.data import QualityReport, Schema, Table

TEXT_COLUMN, LABEL_COLUMN = "text", "label"
"""Names of the columns when plain texts and labels are given instead of a table."""

_NOT_KEPT = ("name", "progress")
"""Settings that a package does not keep: it has its own name, and progress is for one process."""


@dataclass(frozen=True)
class Prepared:
    """Data made ready for a training.

    Attributes:
        table: All rows as they were read.
        schema: What the columns are.
        quality: What is wrong with the rows.
        plan: What to do with the rows.
        rows: What is trained on.
    """

    table: Table
    schema: Schema
    quality: QualityReport
    plan: Plan | RankingPlan | RatingPlan
    rows: TrainingRows | RankingRows | RatingRows


class TrainedModel(Protocol):
    """What every training gives, whatever its kind."""

    @property
    def difference(self) -> float:
        """Largest difference between the exported graph and what was trained."""

    @property
    def seconds(self) -> Mapping[str, float]:
        """Time spent by stage."""


Data = TypeVar("Data", bound=Prepared)
Outcome = TypeVar("Outcome", bound=TrainedModel)
Report = TypeVar("Report")


class Estimator(ABC, Generic[Data, Outcome, Report]):
    """Base of the estimators. A subclass names its settings as keyword-only arguments and stores them so.

    After `fit` or `load`, these hold what came of it:

    Attributes:
        package_: The model.
        explanation_: How the training was planned, a line each (after `fit`).
        schema_: What the columns were taken for (after `fit`).
        quality_: What was found wrong with the rows (after `fit`).
        report_: The scores on rows that were held out (after `fit`).
    """

    task: ClassVar[str]
    """The task's name in the table."""

    kind: ClassVar[str]
    """What scikit-learn takes the estimator for: "classifier" has its folds stratified."""

    progress: Progress | None
    name: str
    seed: int

    # -- what a task decides ------------------------------------------------------------------

    @abstractmethod
    def prepare(self, table: Table, validation: Table | None, *, plain: bool = False) -> Data:
        """Look at the data, leave out what cannot be used, and plan the training.

        Args:
            table: The rows.
            validation: Rows that are never trained on.
            plain: The inputs and targets were given alone, so the columns are `text` and `label`.
        """

    @abstractmethod
    def assemble(self, prepared: Data, trained: Outcome) -> tuple[PackageContents, Report]:
        """The contents of the package, and the report on the held-out rows."""

    @abstractmethod
    def evaluate(self, data: Any, y: Sequence[Any] | None = None) -> Report:
        """The report on rows with known answers."""

    @classmethod
    @abstractmethod
    def example(cls) -> JSON:
        """A tiny table as a dict of lists, large enough to train on."""

    def commands(self, reference: str) -> list[str]:
        """What to type next with the model, stored or written as `reference`."""
        return [f'lepton predict {reference} "..."', f"lepton serve {reference}"]

    # -- fitting ------------------------------------------------------------------------------

    def fit(self, data: Any, y: Sequence[Any] | None = None, *, validation: Any = None) -> Self:
        """Train on `data`.

        Args:
            data: A path, a SQL url, a polars or pandas DataFrame, an Arrow table, a list of dicts, a dict of
                lists, or, with `y`, the inputs alone.
            y: The targets, when `data` holds the inputs alone.
            validation: Rows to choose and calibrate on, in any of those forms; they are never trained on.
                Without them rows are held out in turn, and the final model is trained on all of them.

        Raises:
            DataError: The data cannot be read, or too little of it can be used.
            TrainingError: Training diverged, or the exported model does not answer like the trained one.
        """
        table = named_table(data, y)
        others = None if validation is None else named_table(validation)
        return self.fit_prepared(self.prepare(table, others, plain=y is not None))

    def fit_prepared(self, prepared: Data) -> Self:
        """Train on what `prepare` made ready, for whoever wants to look at it first; see `fit`."""
        from lepton_ai.training.doors import DOORS  # noqa: PLC0415 - the one place that reaches torch

        progress = self.progress or Silent()
        trained: Outcome = DOORS[type(prepared.plan).__name__](
            prepared.plan, prepared.rows, progress=progress
        )
        contents, report = self.assemble(prepared, trained)
        progress.stage("Writing and proving the package")
        self._folder = tempfile.TemporaryDirectory(prefix="lepton-")
        target = Path(self._folder.name) / "package"
        write_package(target, contents)
        self._use(open_package(target, replay=False))
        self.schema_, self.quality_, self.report_ = prepared.schema, prepared.quality, report
        self.explanation_: list[str] = [*prepared.plan.explanation, *training_lines(trained)]
        return self

    # -- answering ----------------------------------------------------------------------------

    def answer(self, rows: Any) -> list[JSON]:
        """One whole answer a row, exactly as the HTTP service gives it.

        Args:
            rows: One text, a list of texts or of dicts, a dict of lists, a DataFrame, or a `Path` of a file.

        Raises:
            InputError: A row does not fit the model's signature.
        """
        return self._runtime().predict(self._columns(rows))

    def save(self, path: str | Path) -> Path:
        """Write the model to a folder that does not exist yet, or to a file when the path ends in .zip."""
        source, target = self._fitted().path, Path(path)
        if target.suffix == ".zip":
            pack(source, target)
        elif target.exists():
            raise UsageError(f"{target} exists already.", hint="Choose another place, or remove it.")
        else:
            unpack(source, target)
        return target

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """The estimator of a saved model, with the settings that it was trained with.

        Raises:
            PackageError: The package is damaged.
            UsageError: It was made by another task.
        """
        package = open_package(Path(path))
        if package.manifest.task != cls.task:
            raise UsageError(
                f"{path} is a model for {package.manifest.task}, not for {cls.task}.",
                hint="Load it with the estimator of its own task.",
            )
        stored = package.manifest.lineage.get("settings", {})
        if not isinstance(stored, Mapping):
            raise PackageError("The settings in the lineage are no JSON object.", hint=RESTORE)
        # A newer release may have stored settings that this one does not have.
        settings: JSON = {name: stored[name] for name in cls._kept() if name in stored}
        model = cls(**settings | {"name": package.manifest.name})
        model._use(package)
        return model

    # -- scikit-learn's habits ----------------------------------------------------------------

    @classmethod
    def _settings(cls) -> list[str]:
        parameters = inspect.signature(cls).parameters.values()
        return [parameter.name for parameter in parameters if parameter.kind is parameter.KEYWORD_ONLY]

    @classmethod
    def _kept(cls) -> list[str]:
        return [name for name in cls._settings() if name not in _NOT_KEPT]

    def kept_settings(self) -> JSON:
        """The settings that a package keeps, so that `load` can give them back."""
        return {name: getattr(self, name) for name in self._kept()}

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The settings by name. `deep` is there for scikit-learn and changes nothing."""
        return {name: getattr(self, name) for name in self._settings()}

    def set_params(self, **settings: Any) -> Self:
        """Change settings; they count from the next `fit` on."""
        known = self._settings()
        for name, value in settings.items():
            if name not in known:
                raise UsageError(
                    f"{type(self).__name__} has no setting {name!r}.", hint=did_you_mean(name, known)
                )
            setattr(self, name, value)
        return self

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import ClassifierTags, InputTags, Tags, TargetTags  # noqa: PLC0415 - it calls this

        classifier = self.kind == "classifier"
        return Tags(
            estimator_type=self.kind,
            target_tags=TargetTags(required=True),
            classifier_tags=ClassifierTags() if classifier else None,
            input_tags=InputTags(one_d_array=True, two_d_array=False, string=True),
        )

    def __repr__(self) -> str:
        defaults = inspect.signature(type(self)).parameters
        changed = {
            name: value
            for name, value in self.get_params().items()
            if type(value) is not type(defaults[name].default) or value != defaults[name].default
        }
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in changed.items())})"

    # -- inside -------------------------------------------------------------------------------

    def _use(self, package: Package) -> None:
        self.package_ = package
        self._opened: Runtime | None = None

    def _fitted(self) -> Package:
        package: Package | None = getattr(self, "package_", None)
        if package is None:
            raise UsageError(f"This {type(self).__name__} is not trained.", hint="Call fit or load first.")
        return package

    def _runtime(self) -> Runtime:
        package = self._fitted()
        if self._opened is None:
            self._opened = Runtime(package)
        return self._opened

    def _columns(self, rows: Any) -> Columns:
        """The input columns of rows in any of the forms that `answer` takes."""
        inputs = list(self._fitted().inputs)
        if isinstance(rows, str) and len(inputs) == 1:
            rows = [rows]
        values = _plain_cells(rows)
        if values is not None and len(inputs) == 1:
            return {inputs[0]: values}
        table: Mapping[str, Any] = rows if isinstance(rows, Mapping) else _cells(rows) or _series(rows)
        missing = [name for name in inputs if name not in table]
        required = self._fitted().manifest.signature["input"]["required"]
        if len(missing) == len(inputs) or any(name in required for name in missing):
            raise DataError(
                f"The rows have no column {missing[0]!r}, which the model reads.",
                hint=did_you_mean(missing[0], table),
            )
        given = [name for name in inputs if name in table]
        single = [name for name in given if isinstance(table[name], str)]
        if single:
            raise UsageError(
                f"The column {single[0]!r} is one text, not a list of them.",
                hint="Give one row as [{...}], or a dict of lists.",
            )
        return {name: list(table[name]) for name in given}


def training_lines(trained: TrainedModel) -> list[str]:
    """How long the training took and how exact its graph is, in words."""
    spent = ", ".join(f"{name} {seconds:.0f} s" for name, seconds in trained.seconds.items())
    return [
        f"Time: {spent}.",
        f"The exported graph differs from the trained network by at most {trained.difference:.1g}.",
    ]


def named_table(
    data: Any, y: Sequence[Any] | None = None, *, text: str = TEXT_COLUMN, label: str = LABEL_COLUMN
) -> Table:
    """Data in any form as a table; texts and labels given apart become the columns `text` and `label`."""
    from lepton_ai.data import read_table  # noqa: PLC0415 - needs the libraries of the training side

    if y is None:
        return read_table(data)
    values, labels = _plain_cells(data), list(y)
    if values is None:
        raise UsageError(
            "With y, data must be the texts alone.",
            hint="Give a list of texts and y, or a table that holds the labels and no y.",
        )
    if len(values) != len(labels):
        raise DataError(
            f"There are {len(values)} texts and {len(labels)} labels.", hint="Give one label for each text."
        )
    return read_table({text: values, label: labels})


def _cells(rows: Any) -> Mapping[str, list[Any]] | None:
    """The columns of a list of dicts, whose cells may be lists and dicts; None when it is something else."""
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        return None
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: [row.get(name) for row in rows] for name in names}


def _series(rows: Any) -> Mapping[str, pl.Series]:
    """The columns of a table in any form, not yet as cells."""
    return named_table(rows).frame.to_dict(as_series=True)


def _plain_cells(rows: Any) -> list[str] | None:
    """The texts when `rows` is a list, array or series of them; None when it is something else."""
    if isinstance(rows, str | Mapping | Path) or hasattr(rows, "columns"):
        return None
    try:
        values = (
            rows.tolist()
            if hasattr(rows, "tolist")
            else rows.to_list()
            if hasattr(rows, "to_list")
            else list(rows)
        )
    except TypeError:
        return None
    return values if all(value is None or isinstance(value, str) for value in values) else None
