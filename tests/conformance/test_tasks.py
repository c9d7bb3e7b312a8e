"""Every task's estimator keeps the promises of its base class, and answers alike over every interface."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from functools import cache

import numpy as np
import pandas as pd
import polars as pl
import pytest

from lepton_ai.core.errors import DataError, InputError, LeptonError, UsageError
from lepton_ai.core.types import JSON
from lepton_ai.package import Runtime, open_package
from lepton_ai.serving.app import create_app
from lepton_ai.serving.events import EventLog
from lepton_ai.tasks import TASKS

pytestmark = pytest.mark.parametrize("task", TASKS)


@cache
def trained(task):
    return TASKS[task](recipe="fast", name="example").fit(TASKS[task].example())


@cache
def inputs(task) -> JSON:
    """The input columns of the example."""
    example = TASKS[task].example()
    return {name: example[name] for name in trained(task).package_.inputs}


def target(task):
    return TASKS[task].example()[trained(task).package_.manifest.output.column]


def rows(task):
    return [
        dict(zip(inputs(task), values, strict=True)) for values in zip(*inputs(task).values(), strict=True)
    ]


def close(one, other) -> None:
    """Answers are equal, numbers up to what another batch may change."""
    if isinstance(one, dict):
        assert one.keys() == other.keys()
        for name in one:
            close(one[name], other[name])
    elif isinstance(one, list):
        for first, second in zip(one, other, strict=True):
            close(first, second)
    elif isinstance(one, float):
        assert one == pytest.approx(other, abs=1e-5)
    else:
        assert one == other


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    @cache
    def at(task):
        return trained(task).save(tmp_path_factory.mktemp("model") / task)

    return at


def test_it_knows_its_name_in_the_table(task):
    assert TASKS[task].task == task


def test_its_example_is_a_small_table_and_always_the_same(task):
    example = TASKS[task].example()
    assert len({len(column) for column in example.values()}) == 1
    assert len(next(iter(example.values()))) <= 1000
    assert json.loads(json.dumps(example)) == example == TASKS[task].example()


def test_after_fit_it_tells_what_it_did(task):
    model = trained(task)
    assert model.explanation_
    assert all(line and "\n" not in line for line in model.explanation_)
    assert model.schema_.columns
    assert model.quality_.to_text()
    assert model.report_.to_text()
    json.dumps(model.report_.to_json())
    assert model.package_.manifest.task == task
    assert model.package_.manifest.name == "example"


def test_there_is_an_answer_a_row_in_every_form_of_rows(task, tmp_path):
    model, table = trained(task), inputs(task)
    expected = model.answer(table)
    assert len(expected) == len(target(task))
    path = tmp_path / "rows.csv"
    pl.DataFrame(table).write_csv(path)
    forms = [rows(task), pl.DataFrame(table), pd.DataFrame(table), pl.DataFrame(table).to_arrow(), path]
    forms.append({name: np.array(column, dtype=object) for name, column in table.items()})
    if len(table) == 1:
        (cells,) = table.values()
        forms += [cells, tuple(cells), np.array(cells), pd.Series(cells), pl.Series(cells), iter(cells)]
        close(model.answer(cells[0]), expected[:1])
    for form in forms:
        close(model.answer(form), expected)


def test_columns_that_it_does_not_read_are_passed_over(task):
    model, table = trained(task), TASKS[task].example() | {"other": list(range(len(target(task))))}
    close(model.answer(table), model.answer(inputs(task)))
    close(model.answer(pl.DataFrame(table)), model.answer(inputs(task)))


def test_the_order_of_the_rows_does_not_matter(task):
    model = trained(task)
    expected = model.answer(rows(task))
    close(model.answer(rows(task)[::-1]), expected[::-1])
    close(model.answer(rows(task)[3:4]), expected[3:4])


def test_rows_it_cannot_take_are_told(task):
    model = trained(task)
    name = next(iter(inputs(task)))
    with pytest.raises(DataError, match=f"no column '{name}'"):
        model.answer([{"no such column": "x"}])
    with pytest.raises(DataError, match=f"no column '{name}'"):
        model.answer({"no such column": ["x"]})
    with pytest.raises(InputError, match=r"rows\[1\]"):
        model.answer([rows(task)[0], dict.fromkeys(inputs(task))])
    if len(inputs(task)) == 1:
        with pytest.raises(UsageError, match="is one text, not a list"):
            model.answer({name: "one text"})


def test_no_rows_no_answers(task):
    assert trained(task).answer({name: [] for name in inputs(task)}) == []


def test_the_runtime_and_the_service_answer_like_the_estimator(task, saved):
    expected = trained(task).answer(inputs(task))
    runtime = Runtime(open_package(saved(task)))
    close(runtime.predict(inputs(task)), expected)
    app = create_app({"example": runtime}, log=EventLog(lambda line: None))
    body = json.dumps({"rows": rows(task)}, ensure_ascii=False).encode()
    status, answer = asyncio.run(post(app, "/v1/models/example/predict", body))
    assert status == 200, answer
    found = answer["predictions"]
    assert all(one.pop("id") for one in found)
    close(found, expected)


async def post(app, path, body):
    sent, waiting = [], [{"type": "http.request", "body": body, "more_body": False}]

    async def receive():
        return waiting.pop(0) if waiting else await asyncio.Event().wait()

    async def send(message):
        sent.append(message)

    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await app({"type": "http", "method": "POST", "path": path, "headers": headers}, receive, send)
    return sent[0]["status"], json.loads(b"".join(part["body"] for part in sent[1:]))


def test_a_loaded_model_answers_and_evaluates_alike(task, saved, tmp_path):
    model = trained(task)
    archive = model.save(tmp_path / "model.zip")
    for place in (saved(task), archive, str(archive)):
        again = TASKS[task].load(place)
        close(again.answer(inputs(task)), model.answer(inputs(task)))
        assert again.name == model.name
    example = TASKS[task].example()
    assert again.evaluate(example).to_json() == model.evaluate(example).to_json()
    folder = again.package_.path
    assert folder == archive


def test_it_is_not_saved_over_what_is_there(task, saved):
    with pytest.raises(UsageError, match="exists already"):
        trained(task).save(saved(task))


def test_it_evaluates_in_every_form_of_data(task):
    model, example = trained(task), TASKS[task].example()
    expected = model.evaluate(example).to_json()
    assert model.evaluate(pd.DataFrame(example)).to_json() == expected
    if len(inputs(task)) == 1:
        (cells,) = inputs(task).values()
        assert model.evaluate(cells, target(task)).to_json() == expected


def test_before_fit_it_says_so(task):
    fresh = TASKS[task]()
    for call in (lambda: fresh.answer(["x"]), lambda: fresh.save("x"), lambda: fresh.evaluate(["x"], ["y"])):
        with pytest.raises(UsageError, match="is not trained"):
            call()


def test_settings_in_the_way_of_scikit_learn(task):
    from sklearn.base import clone

    model = TASKS[task](recipe="fast", seed=7)
    assert model.get_params()["seed"] == 7
    assert model.get_params(deep=False) == model.get_params()
    assert model.set_params(seed=8) is model
    assert model.seed == 8
    with pytest.raises(UsageError, match="no setting 'sed'"):
        model.set_params(sed=8)
    copy = clone(trained(task))
    assert copy.get_params() == trained(task).get_params()
    assert not hasattr(copy, "package_")
    assert repr(model) == f"{type(model).__name__}(recipe='fast', seed=8)"
    assert repr(TASKS[task]()) == f"{type(model).__name__}()"


def test_scikit_learn_validates_it(task):
    from sklearn.model_selection import cross_val_score

    if len(inputs(task)) > 1:
        pytest.skip("scikit-learn takes one input")
    (cells,) = inputs(task).values()
    scores = cross_val_score(TASKS[task](recipe="fast"), cells, target(task), cv=2)
    assert len(scores) == 2
    assert np.isfinite(scores).all()


def test_a_seed_decides_everything(task):
    again = TASKS[task](recipe="fast", name="example").fit(TASKS[task].example())
    one, other = trained(task).package_.manifest, again.package_.manifest
    for name in one.files:
        if name not in ("card.md",):
            assert one.files[name].sha256 == other.files[name].sha256, name
    assert one.lineage == other.lineage


def test_a_model_of_another_task_is_refused(task, saved):
    class Other(TASKS[task]):
        task = "another-task"

    with pytest.raises(UsageError, match=f"is a model for {task}, not for another-task"):
        Other.load(saved(task))
    with pytest.raises(LeptonError):
        TASKS[task].load(saved(task) / "no such folder")


BLOCKED = """
import sys
for name in ("torch", "onnx", "onnxscript", "sklearn", "pandas", "polars"):
    sys.modules[name] = None
import json
from lepton_ai.tasks import TASKS
columns = json.loads(sys.stdin.read())
model = TASKS[sys.argv[1]].load(sys.argv[2])
print(json.dumps(model.answer(columns)))
"""


def test_a_host_without_the_training_libraries_can_load_and_answer(task, saved):
    done = subprocess.run(
        [sys.executable, "-c", BLOCKED, task, str(saved(task))],
        input=json.dumps(inputs(task)),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    close(json.loads(done.stdout), trained(task).answer(inputs(task)))


@pytest.mark.e2e
@pytest.mark.parametrize("recipe", ["balanced", "best"])
def test_every_recipe_gives_a_model_that_opens_and_answers(task, recipe, tmp_path):
    model = TASKS[task](recipe=recipe).fit(TASKS[task].example())
    again = TASKS[task].load(model.save(tmp_path / "model.zip"))
    close(again.answer(inputs(task)), model.answer(inputs(task)))
