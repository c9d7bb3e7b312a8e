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
from samples import ASKED, REFUSED, TASK_CASES

from lepton_ai.core.errors import DataError, InputError, LeptonError, UsageError
from lepton_ai.core.types import JSON
from lepton_ai.package import Runtime, open_package
from lepton_ai.serving.app import create_app
from lepton_ai.serving.events import EventLog
from lepton_ai.tasks import TASKS

CASES = {**{task: (task, {}) for task in TASKS}, **TASK_CASES}

pytestmark = pytest.mark.parametrize("case", CASES)


def kind(case):
    return TASKS[CASES[case][0]]


def make(case, **settings):
    return kind(case)(**{"recipe": "fast", "name": "example", **CASES[case][1], **settings})


@cache
def trained(case):
    return make(case).fit(kind(case).example())


@cache
def inputs(case) -> JSON:
    """Input columns to ask the model for."""
    example = kind(case).example()
    return ASKED.get(case) or {name: example[name] for name in trained(case).package_.inputs}


def target(case):
    return kind(case).example()[trained(case).package_.manifest.output.column]


def takes_one_input(case):
    return len(trained(case).package_.inputs) == 1


def rows(case):
    return [
        dict(zip(inputs(case), values, strict=True)) for values in zip(*inputs(case).values(), strict=True)
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
    def at(case):
        return trained(case).save(tmp_path_factory.mktemp("model") / case)

    return at


def test_it_knows_its_name_in_the_table(case):
    assert kind(case).task == CASES[case][0]


def test_its_example_is_a_small_table_and_always_the_same(case):
    example = kind(case).example()
    assert len({len(column) for column in example.values()}) == 1
    assert len(next(iter(example.values()))) <= 1000
    assert json.loads(json.dumps(example)) == example == kind(case).example()


def test_after_fit_it_tells_what_it_did(case):
    model = trained(case)
    assert model.explanation_
    assert all(line and "\n" not in line for line in model.explanation_)
    assert model.schema_.columns
    assert model.quality_.to_text()
    assert model.report_.to_text()
    json.dumps(model.report_.to_json())
    assert model.package_.manifest.task == CASES[case][0]
    assert model.package_.manifest.name == "example"


def test_there_is_an_answer_a_row_in_every_form_of_rows(case, tmp_path):
    model, table = trained(case), inputs(case)
    expected = model.answer(table)
    assert len(expected) == len(rows(case))
    path = tmp_path / "rows.csv"
    pl.DataFrame(table).write_csv(path)
    forms = [rows(case), pl.DataFrame(table), pd.DataFrame(table), pl.DataFrame(table).to_arrow(), path]
    forms.append({name: np.array(column, dtype=object) for name, column in table.items()})
    if takes_one_input(case):
        (cells,) = table.values()
        forms += [cells, tuple(cells), np.array(cells), pd.Series(cells), pl.Series(cells), iter(cells)]
        close(model.answer(cells[0]), expected[:1])
    for form in forms:
        close(model.answer(form), expected)


def test_columns_that_it_does_not_read_are_passed_over(case):
    model, table = trained(case), inputs(case) | {"other": list(range(len(rows(case))))}
    close(model.answer(table), model.answer(inputs(case)))
    close(model.answer(pl.DataFrame(table)), model.answer(inputs(case)))


def test_the_order_of_the_rows_does_not_matter(case):
    model = trained(case)
    expected = model.answer(rows(case))
    close(model.answer(rows(case)[::-1]), expected[::-1])
    close(model.answer(rows(case)[3:4]), expected[3:4])


def test_rows_it_cannot_take_are_told(case):
    model = trained(case)
    name = next(iter(inputs(case)))
    with pytest.raises(DataError, match=f"no column '{name}'"):
        model.answer([{"no such column": "x"}])
    with pytest.raises(DataError, match=f"no column '{name}'"):
        model.answer({"no such column": ["x"]})
    with pytest.raises(InputError, match=r"rows\[1\]"):
        model.answer([rows(case)[0], REFUSED.get(case) or dict.fromkeys(inputs(case))])
    if takes_one_input(case):
        with pytest.raises(UsageError, match="is one text, not a list"):
            model.answer({name: "one text"})


def test_no_rows_no_answers(case):
    assert trained(case).answer({name: [] for name in inputs(case)}) == []


def test_the_runtime_and_the_service_answer_like_the_estimator(case, saved):
    expected = trained(case).answer(inputs(case))
    runtime = Runtime(open_package(saved(case)))
    close(runtime.predict(inputs(case)), expected)
    app = create_app({"example": runtime}, log=EventLog(lambda line: None))
    body = json.dumps({"rows": rows(case)}, ensure_ascii=False).encode()
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


def test_a_loaded_model_answers_and_evaluates_alike(case, saved, tmp_path):
    model = trained(case)
    archive = model.save(tmp_path / "model.zip")
    for place in (saved(case), archive, str(archive)):
        again = kind(case).load(place)
        close(again.answer(inputs(case)), model.answer(inputs(case)))
        assert again.name == model.name
    example = kind(case).example()
    assert again.evaluate(example).to_json() == model.evaluate(example).to_json()
    folder = again.package_.path
    assert folder == archive


def test_it_is_not_saved_over_what_is_there(case, saved):
    with pytest.raises(UsageError, match="exists already"):
        trained(case).save(saved(case))


def test_it_evaluates_in_every_form_of_data(case):
    model, example = trained(case), kind(case).example()
    expected = model.evaluate(example).to_json()
    assert model.evaluate(pd.DataFrame(example)).to_json() == expected
    if takes_one_input(case):
        (cells,) = inputs(case).values()
        assert model.evaluate(cells, target(case)).to_json() == expected


def test_before_fit_it_says_so(case):
    fresh, example = make(case), kind(case).example()
    for call in (lambda: fresh.answer(["x"]), lambda: fresh.save("x"), lambda: fresh.evaluate(example)):
        with pytest.raises(UsageError, match="is not trained"):
            call()


def test_settings_in_the_way_of_scikit_learn(case):
    from sklearn.base import clone

    model = kind(case)(recipe="fast", seed=7)
    assert model.get_params()["seed"] == 7
    assert model.get_params(deep=False) == model.get_params()
    assert model.set_params(seed=8) is model
    assert model.seed == 8
    with pytest.raises(UsageError, match="no setting 'sed'"):
        model.set_params(sed=8)
    copy = clone(trained(case))
    assert copy.get_params() == trained(case).get_params()
    assert not hasattr(copy, "package_")
    assert repr(model) == f"{type(model).__name__}(recipe='fast', seed=8)"
    assert repr(kind(case)()) == f"{type(model).__name__}()"


def test_scikit_learn_validates_it(case):
    from sklearn.model_selection import cross_val_score

    if not takes_one_input(case):
        pytest.skip("scikit-learn takes one input")
    (cells,) = inputs(case).values()
    scores = cross_val_score(make(case), cells, target(case), cv=2)
    assert len(scores) == 2
    assert np.isfinite(scores).all()


def test_a_seed_decides_everything(case):
    again = make(case).fit(kind(case).example())
    one, other = trained(case).package_.manifest, again.package_.manifest
    for name in one.files:
        if name not in ("card.md",):
            assert one.files[name].sha256 == other.files[name].sha256, name
    assert one.lineage == other.lineage


def test_a_model_of_another_task_is_refused(case, saved):
    class Other(kind(case)):
        task = "another-task"

    with pytest.raises(UsageError, match=f"is a model for {kind(case).task}, not for another-task"):
        Other.load(saved(case))
    with pytest.raises(LeptonError):
        kind(case).load(saved(case) / "no such folder")


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


def test_a_host_without_the_training_libraries_can_load_and_answer(case, saved):
    done = subprocess.run(
        [sys.executable, "-c", BLOCKED, CASES[case][0], str(saved(case))],
        input=json.dumps(inputs(case)),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    close(json.loads(done.stdout), trained(case).answer(inputs(case)))


@pytest.mark.e2e
@pytest.mark.parametrize("recipe", ["balanced", "best"])
def test_every_recipe_gives_a_model_that_opens_and_answers(case, recipe, tmp_path):
    model = make(case, recipe=recipe).fit(kind(case).example())
    again = kind(case).load(model.save(tmp_path / "model.zip"))
    close(again.answer(inputs(case)), model.answer(inputs(case)))
