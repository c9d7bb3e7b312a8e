"""What every task's estimator can do: fit, predict, evaluate, save, load, in scikit-learn's habits."""

from __future__ import annotations

import inspect
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Self, TypeVar

from lepton_ai.core.errors import DataError, UsageError, did_you_mean
from lepton_ai.core.plan import Plan, TrainingRows
from lepton_ai.core.progress import Progress, Silent
from lepton_ai.core.types import JSON, Columns
from lepton_ai.package import Package, PackageContents, Runtime, open_package, pack, unpack, write_package

if TYPE_CHECKING:
    from lepton_ai.data import QualityReport, Schema, Table
    from lepton_ai.training.fit import Trained

Report = TypeVar("Report")

TEXT_COLUMN, LABEL_COLUMN = "text", "label"
"""Names of the columns when plain texts and labels are given instead of a table."""


@dataclass(frozen=True)
class Prepared:
    """Data made ready for a training.

    Attributes:
        table: All rows as they were read.
        schema: What the columns are.
        quality: What is wrong with the rows.
        rows: The rows to train on.
        row_numbers: Their numbers in the table, 1 for the first.
        plan: What to do with them.
    """

    table: Table
    schema: Schema
    quality: QualityReport
    rows: TrainingRows
    row_numbers: Sequence[int]
    plan: Plan


class Estimator(ABC, Generic[Report]):
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
    def prepare(self, table: Table, validation: Table | None, *, plain: bool = False) -> Prepared:
        """Look at the data, leave out what cannot be used, and plan the training.

        Args:
            table: The rows.
            validation: Rows that are never trained on.
            plain: The inputs and targets were given alone, so the columns are `text` and `label`.
        """

    @abstractmethod
    def assemble(self, prepared: Prepared, trained: Trained) -> tuple[PackageContents, Report]:
        """The contents of the package, and the report on the held-out rows."""

    @abstractmethod
    def evaluate(self, data: Any, y: Sequence[Any] | None = None) -> Report:
        """The report on rows with known answers."""

    @classmethod
    @abstractmethod
    def example(cls) -> JSON:
        """A tiny table as a dict of lists, large enough to train on."""

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

    def fit_prepared(self, prepared: Prepared) -> Self:
        """Train on what `prepare` made ready, for whoever wants to look at it first; see `fit`."""
        from lepton_ai.training.fit import fit  # noqa: PLC0415 - the one place that reaches torch

        progress = self.progress or Silent()
        trained = fit(prepared.plan, prepared.rows, progress=progress)
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
        """The estimator of a saved model.

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
        model = cls(name=package.manifest.name)  # type: ignore[call-arg]
        model._use(package)
        return model

    # -- scikit-learn's habits ----------------------------------------------------------------

    @classmethod
    def _settings(cls) -> list[str]:
        parameters = inspect.signature(cls).parameters.values()
        return [parameter.name for parameter in parameters if parameter.kind is parameter.KEYWORD_ONLY]

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
            name: value for name, value in self.get_params().items() if value != defaults[name].default
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
        table: Mapping[str, Any] = (
            rows if isinstance(rows, Mapping) else named_table(rows).frame.to_dict(as_series=False)
        )
        missing = [name for name in inputs if name not in table]
        if missing:
            raise DataError(
                f"The rows have no column {missing[0]!r}, which the model reads.",
                hint=did_you_mean(missing[0], table),
            )
        single = [name for name in inputs if isinstance(table[name], str)]
        if single:
            raise UsageError(
                f"The column {single[0]!r} is one text, not a list of them.",
                hint="Give one row as [{...}], or a dict of lists.",
            )
        return {name: list(table[name]) for name in inputs}


def training_lines(trained: Trained) -> list[str]:
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
