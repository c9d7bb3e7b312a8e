"""Texts sorted into labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from lepton_ai.codecs.text.codec import MOST_CHARACTERS
from lepton_ai.codecs.text.units import segment
from lepton_ai.core.errors import DataError, UsageError, did_you_mean
from lepton_ai.core.plan import CodecPlan, Plan, TrainingRows
from lepton_ai.core.progress import Progress
from lepton_ai.core.types import JSON
from lepton_ai.metrics.report import ClassificationReport
from lepton_ai.package import Graph, PackageContents
from lepton_ai.package.manifest import check_name
from lepton_ai.tasks.base import LABEL_COLUMN, TEXT_COLUMN, Estimator, Prepared, named_table
from lepton_ai.tasks.classification import calibrate
from lepton_ai.tasks.held_out import given, in_turn
from lepton_ai.tasks.lineage import lineage
from lepton_ai.tasks.overlap import SEEN_TEXTS, overlap_notes, seen_texts
from lepton_ai.tasks.recipes import Recipe, Shape, choose

if TYPE_CHECKING:
    import polars as pl

    from lepton_ai.data import Table
    from lepton_ai.training.fit import Trained

_EXAMPLE_ROWS = 16
_SHAPE_ROWS = 1000
_LEAST_ROWS = 10


@dataclass(frozen=True)
class PreparedTexts(Prepared):
    """Texts and labels made ready for a training.

    Attributes:
        row_numbers: Numbers of the rows in the table, 1 for the first.
    """

    plan: Plan
    rows: TrainingRows
    row_numbers: Sequence[int]


class TextClassifier(Estimator[PreparedTexts, "Trained", ClassificationReport]):
    """Learns to give each text one of a set of labels, in Chinese, English or both.

    Attributes:
        text: Column with the text; guessed, and the guess explained, when left out.
        label: Column with the label; likewise.
        group: Column whose equal values are kept together when rows are held out.
        time: Column with a time; the latest fifth of the rows is held out instead of every row in turn.
        recipe: How much time to spend: fast (seconds), balanced, or best (several minutes).
        class_weights: Give rare labels more weight, for higher recall on them.
        risk: Share of wrong answers that may be among those the model does not abstain from.
        seed: Seed of everything random; the same seed and data give the same model.
        name: The model's name in its package.
        progress: Told how far the training has come.

    Example:
        >>> from lepton_ai import TextClassifier
        >>> texts = ["where is my parcel", "包裹到哪了", "refund please", "我要退款"] * 5
        >>> labels = ["delivery", "delivery", "refund", "refund"] * 5
        >>> model = TextClassifier(recipe="fast").fit(texts, labels)
        >>> model.predict(["parcel where"]).tolist()
        ['delivery']
    """

    task: ClassVar[str] = "text-classification"
    kind: ClassVar[str] = "classifier"

    def __init__(
        self,
        *,
        text: str | None = None,
        label: str | None = None,
        group: str | None = None,
        time: str | None = None,
        recipe: Recipe = "balanced",
        class_weights: bool = False,
        risk: float = 0.05,
        seed: int = 0,
        name: str = "text-classifier",
        progress: Progress | None = None,
    ) -> None:
        self.text = text
        self.label = label
        self.group = group
        self.time = time
        self.recipe = recipe
        self.class_weights = class_weights
        self.risk = risk
        self.seed = seed
        self.name = name
        self.progress = progress

    @property
    def classes_(self) -> np.ndarray[Any, Any]:
        """The labels, in the order of `predict_proba`."""
        return np.array(self._fitted().output.params()["labels"])

    def predict(self, rows: Any) -> np.ndarray[Any, Any]:
        """The most likely label of each row as text, shape [rows]; `rows` as in `answer`."""
        return np.array([answer["label"] for answer in self.answer(rows)], dtype=object)

    def predict_proba(self, rows: Any) -> np.ndarray[Any, Any]:
        """Calibrated scores of shape [rows, labels], in the order of `classes_`."""
        labels = self.classes_.tolist()
        scores = [[answer["scores"][label] for label in labels] for answer in self.answer(rows)]
        return np.array(scores, dtype=np.float64).reshape(-1, len(labels))

    def score(self, data: Any, y: Sequence[Any] | None = None) -> float:
        """Accuracy on rows with known labels."""
        return self.evaluate(data, y).accuracy.value

    def evaluate(self, data: Any, y: Sequence[Any] | None = None) -> ClassificationReport:
        """The report on rows with known labels; rows without a text or a label are passed over.

        A note says how many rows have a text that was in the training data.

        Raises:
            DataError: The columns of the model are missing, or a label was not among the training labels.
        """
        package = self._fitted()
        text, label = next(iter(package.inputs)), package.manifest.output.column
        table = named_table(data, y, text=text, label=label)
        usable, numbers = _usable(table.frame, text, label)
        if not numbers:
            raise DataError("No row has both a text and a label.", hint="Give rows with known labels.")
        texts = usable[text].to_list()
        outputs = self._runtime().outputs({text: texts})
        notes = [*overlap_notes(package, usable[text]), *_passed_over(table.frame.height - len(numbers))]
        return ClassificationReport.build(
            package.output.params()["labels"],
            package.output.encode(usable[label].to_list()),
            outputs["logits"],
            calibration=package.calibration,
            texts=texts,
            row_numbers=numbers,
            notes=notes,
            name=package.manifest.name,
        )

    @classmethod
    def example(cls) -> JSON:
        """Forty short messages in two languages under two labels."""
        numbers = range(10)
        orders = [f"where is parcel {number}" for number in numbers]
        orders += [f"包裹{number}到哪里了" for number in numbers]
        refunds = [f"refund order {number} please" for number in numbers]
        refunds += [f"订单{number}我要退款" for number in numbers]
        return {TEXT_COLUMN: orders + refunds, LABEL_COLUMN: ["delivery"] * 20 + ["refund"] * 20}

    def prepare(self, table: Table, validation: Table | None, *, plain: bool = False) -> PreparedTexts:
        """See `Estimator.prepare`."""
        from lepton_ai.data import check_quality, infer_schema  # noqa: PLC0415 - only training needs it

        self._check_settings()
        text, label = (TEXT_COLUMN, LABEL_COLUMN) if plain else (self.text, self.label)
        schema = infer_schema(table.frame, text=text, label=label, group=self.group, time=self.time)
        text, label = schema.role("text").name, schema.role("label").name
        extra = None if validation is None else validation.frame
        quality = check_quality(table.frame, schema, against=extra, progress=self.progress)
        frame, numbers = _usable(table.frame, text, label)
        shape = _shape(frame, text, label)
        notes = [*_left_out(table.frame.height - len(numbers)), *_too_long(frame[text])]
        choice = choose(self.recipe, shape)
        if extra is None:
            by_time = self.time is not None
            held_out = in_turn(frame, schema, rounds=choice.rounds, seed=self.seed, latest=by_time)
        else:
            more, more_numbers = _usable(extra, text, label)
            if not more_numbers:
                raise DataError(
                    "No validation row has both a text and a label.",
                    hint="Give others, or none: then rows of the data are held out in turn.",
                )
            held_out = given(frame.height, more.height)
            frame = frame.select(text, label).vstack(more.select(text, label))
            numbers = [*numbers, *more_numbers]
        plan = Plan(
            task=self.task,
            input=CodecPlan(text, "text", choice.codec),
            output=CodecPlan(label, "label"),
            networks=choice.networks,
            rounds=held_out.rounds,
            refit=held_out.refit,
            seed=self.seed,
            class_weights=self.class_weights,
            explanation=(*notes, *choice.explanation, held_out.explanation),
        )
        rows = TrainingRows(
            columns={text: frame[text].to_list()}, targets=frame[label].to_list(), folds=held_out.folds
        )
        return PreparedTexts(table, schema, quality, plan, rows, numbers)

    def assemble(
        self, prepared: PreparedTexts, trained: Trained
    ) -> tuple[PackageContents, ClassificationReport]:
        """See `Estimator.assemble`."""
        from lepton_ai.data import profile_table  # noqa: PLC0415 - only training needs it

        plan, rows = prepared.plan, prepared.rows
        text, label = plan.input.column, plan.output.column
        texts = rows.columns[text]
        numbers = trained.output.encode(rows.targets)[trained.held_out]
        calibration, logits = calibrate(trained.held_out_logits, numbers, risk=self.risk)
        report = ClassificationReport.build(
            trained.output.params()["labels"],
            numbers,
            logits,
            calibration=calibration,
            texts=[texts[row] for row in trained.held_out],
            row_numbers=[prepared.row_numbers[row] for row in trained.held_out],
            notes=plan.explanation,
            name=self.name,
            seed=self.seed,
        )
        answered = [text for text in texts if len(text) <= MOST_CHARACTERS]
        example = [answered[row] for row in _spread(len(answered), _EXAMPLE_ROWS)]
        outputs = trained.logits(example)
        contents = PackageContents(
            task=self.task,
            name=self.name,
            description=f"Sorts {text!r} into {len(report.labels)} labels.",
            inputs={text: trained.input},
            output_column=label,
            output=trained.output,
            graphs={"default": Graph(model=trained.graph, tolerance=trained.tolerance)},
            calibration=calibration,
            example={text: example},
            outputs=outputs,
            answers=trained.output.decode(outputs, calibration, {text: example}),
            profile=profile_table(prepared.table.frame, prepared.schema),
            metrics=report.summary(),
            lineage=lineage(
                plan,
                dataset=prepared.table.fingerprint,
                source=prepared.table.origin.format,
                rows=len(texts) if plan.refit else len(texts) - len(trained.held_out),
                settings=self.kept_settings(),
            ),
            findings=[asdict(finding) for finding in prepared.quality.findings],
            weights={**trained.weights, SEEN_TEXTS: seen_texts(plan, rows, trained)},
        )
        return contents, report

    def _check_settings(self) -> None:
        """Refuse before the training what would only come out after it."""
        check_name(self.name)
        if not 0 < self.risk < 1:
            raise UsageError(
                f"risk is {self.risk}; it is a share between 0 and 1.",
                hint="0.05 lets 5 of 100 given answers be wrong.",
            )
        if self.group is not None and self.time is not None:
            raise UsageError(
                "Rows are held out by group or by time, not by both.", hint="Name one of the two columns."
            )


def _usable(frame: pl.DataFrame, text: str, label: str) -> tuple[pl.DataFrame, list[int]]:
    """The rows that have a text and a label, both as text, and their numbers from 1."""
    import polars as pl  # noqa: PLC0415 - only training needs it

    from lepton_ai.data.typed import as_text  # noqa: PLC0415 - see above

    for name in (text, label):
        if name not in frame.columns:
            raise DataError(f"There is no column {name!r}.", hint=did_you_mean(name, frame.columns))
    both = frame.with_columns(as_text(frame[text]), as_text(frame[label]).str.strip_chars())
    both = both.with_row_index("", offset=1)
    kept = both.filter(pl.col(text).str.strip_chars().str.len_chars() > 0, pl.col(label).str.len_chars() > 0)
    return kept.drop(""), kept[""].to_list()


def _left_out(count: int) -> list[str]:
    return [f"{count:,} rows without a text or a label were left out."] if count else []


def _passed_over(count: int) -> list[str]:
    return [f"{count:,} rows without a text or a label were passed over."] if count else []


def _too_long(texts: pl.Series) -> list[str]:
    """What is said of texts that the model will refuse when it is asked.

    Raises:
        DataError: All texts are such.
    """
    count = int((texts.str.len_chars() > MOST_CHARACTERS).sum())
    if count == texts.len():
        raise DataError(
            f"Every text has more than {MOST_CHARACTERS:,} characters.", hint="Cut them into shorter rows."
        )
    told = (
        f"{count:,} texts have more than {MOST_CHARACTERS:,} characters: they are trained on, but the model"
    )
    return [f"{told} refuses such texts when it is asked."] if count else []


def _shape(frame: pl.DataFrame, text: str, label: str) -> Shape:
    """What the recipe looks at.

    Raises:
        DataError: Too few rows or labels to learn anything from.
    """
    classes = frame[label].n_unique()
    if frame.height < _LEAST_ROWS or classes < 2:
        raise DataError(
            f"{frame.height} rows with {classes} different labels have both a text and a label.",
            hint=f"Give at least {_LEAST_ROWS} rows and 2 labels.",
        )
    units = len(segment(frame[text].head(_SHAPE_ROWS).to_list()).text)
    return Shape(rows=frame.height, classes=classes, units=units / min(frame.height, _SHAPE_ROWS))


def _spread(rows: int, count: int) -> list[int]:
    """At most `count` row positions, spread evenly."""
    return list(range(0, rows, max(1, -(-rows // count))))
