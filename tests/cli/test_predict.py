from __future__ import annotations

import json
import subprocess
import sys

import pytest

from lepton_ai.cli.main import main
from lepton_ai.cli.predict import describe
from lepton_ai.package import Runtime, open_package

TEXTS = ["where is my parcel", "我要退款"]


def answers_of(folder, texts=TEXTS):
    return Runtime(open_package(folder)).predict({"message": texts})


def test_texts_are_answered(home, package_folder, capsys):
    assert main(["predict", "messages", *TEXTS]) == 0
    shown = capsys.readouterr().out
    for text, answer in zip(TEXTS, answers_of(package_folder), strict=True):
        assert f"{text}\n  {answer['label']} " in shown


def test_json_gives_the_whole_answers(home, package_folder, capsys):
    assert main(["predict", "messages@1", "--json", *TEXTS]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == {"model": "messages", "version": 1, "predictions": answers_of(package_folder)}


def test_a_package_can_be_named_by_its_path(package_folder, empty_home, capsys):
    assert main(["predict", str(package_folder), TEXTS[0]]) == 0
    assert TEXTS[0] in capsys.readouterr().out


@pytest.mark.parametrize(
    ("argv", "code", "told"),
    [
        (["mesages", "text"], 4, "Did you mean 'messages'?"),
        (["messages@9", "text"], 4, "It has: 1, 2"),
        (["nowhere/messages.zip", "text"], 4, "There is no package at nowhere/messages.zip."),
        (["messages"], 2, "needs either texts or --file"),
        (["messages", "text", "--file", "x.csv"], 2, "needs either texts or --file"),
        (["messages", "--file", "x.csv", "--json"], 2, "--json with --file needs --out"),
        (["messages", "text", "--out", "x.jsonl", "--strict"], 2, "mean nothing: --out, --strict."),
        (["messages", "text", "--encoding", "utf-8"], 2, "mean nothing: --encoding."),
        (["messages", "text", "--threads", "0"], 2, "threads is 0."),
        (["messages", ""], 3, "rows[0].message is empty."),
    ],
)
def test_what_is_wrong_is_said(argv, code, told, home, capsys):
    assert main(["predict", *argv]) == code
    assert told in capsys.readouterr().err


def test_an_unsure_answer_is_marked():
    answer = {"label": "a", "score": 0.4, "abstained": True, "scores": {"a": 0.4, "b": 0.35, "c": 0.25}}
    assert describe(answer) == "a 0.400  (unsure: hand it to a person)  then b 0.350, c 0.250"
    assert describe({"other": 1}) == '{"other": 1}'


def test_predicting_a_text_imports_nothing_of_the_training_side(home):
    script = (
        "import sys; from lepton_ai.cli.main import main; code = main(['predict', 'messages', 'hello']);"
        "print(code, sorted({'torch', 'polars', 'pandas', 'sklearn', 'tqdm', 'uvicorn'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "0 []"
