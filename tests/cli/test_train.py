from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from lepton_ai.cli.main import main
from lepton_ai.cli.train import _name_from
from lepton_ai.package import Runtime, open_package
from lepton_ai.store import ModelStore, RunStore

TOPICS = {
    "delivery": ["where is my parcel", "the parcel is late", "我的快递还没到", "快递三天没动了"],
    "refund": ["i want my money back", "please refund my order", "我要退款", "什么时候退钱"],
    "account": ["i forgot my password", "the login fails", "忘记密码了", "登录不了账号"],
}


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "messages.csv"
    rows = [
        f"{text} {number},{topic}"
        for number in range(12)
        for topic, texts in TOPICS.items()
        for text in texts
    ]
    path.write_text("message,topic\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("a/reviews.csv.gz", "reviews"),
        ("客户 messages v2.csv", "messages-v2"),
        ("留言.csv", "task"),
        ("postgresql://host/db", "task"),
    ],
)
def test_the_name_comes_from_the_file(file, name):
    assert _name_from(file, default="task") == name


@pytest.mark.parametrize(
    ("argv", "code", "told"),
    [
        (["text-clasification", "x.csv"], 4, "Did you mean 'text-classification'?"),
        (["text-classification"], 2, "FILE"),
        (["text-classification", "nowhere.csv"], 3, "nowhere.csv"),
        (["text-classification", "x.csv", "--name", "a/b"], 2, "cannot be named 'a/b'"),
        (["text-classification", "x.csv", "--recipe", "slow"], 2, "slow"),
        (["text-classification", "x.csv", "--out", "."], 2, "exists already"),
        (["text-classification", "x.csv", "--report", "nowhere/r.html"], 2, "folder nowhere does not exist"),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_done(argv, code, told, empty_home, capsys):
    assert main(["train", *argv]) == code
    assert told in capsys.readouterr().err


def test_the_help_has_the_flags_of_the_task(capsys):
    assert main(["train", "text-classification", "--help"]) == 0
    shown = capsys.readouterr().out
    assert "--recipe" in shown
    assert "--seed" in shown
    assert "--progress" not in shown


@pytest.mark.e2e
def test_from_a_file_to_a_stored_model(file, empty_home, tmp_path, capsys):
    report = tmp_path / "report.html"
    argv = ["train", "text-classification", str(file), "--recipe", "fast", "--report", str(report)]
    assert main(argv) == 0
    shown = capsys.readouterr().out
    for part in (
        "Encoding: UTF-8.",
        "Findings",
        "How it is trained",
        "Held-out report",
        "Stored as messages@1",
    ):
        assert part in shown
    assert "<html" in report.read_text(encoding="utf-8")
    assert main(["predict", "messages", "我的快递还没到", "--json"]) == 0
    (answer,) = json.loads(capsys.readouterr().out)["predictions"]
    assert answer["label"] == "delivery"
    assert main(["evaluate", "messages", str(file), "--json", "--html", str(tmp_path / "measured.html")]) == 0
    assert json.loads(capsys.readouterr().out)
    assert list((empty_home / "runs").iterdir()) == []


@pytest.mark.e2e
def test_out_writes_a_package_and_stores_nothing(file, empty_home, tmp_path, capsys):
    out = tmp_path / "model.zip"
    argv = ["train", "text-classification", str(file), "--recipe", "fast", "--out", str(out), "--json"]
    assert main(argv) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["stored"] is None
    assert told["path"] == str(out)
    assert Runtime(open_package(out)).predict({"message": ["忘记密码了"]})[0]["label"] == "account"
    assert ModelStore(empty_home / "models").list() == []


@pytest.mark.e2e
def test_strict_stops_before_the_training(file, empty_home, tmp_path, capsys):
    path = tmp_path / "rows.csv"
    header, *rows = file.read_text(encoding="utf-8").splitlines()
    contradictions = [row.rpartition(",")[0] + ",refund" for row in rows if not row.endswith("refund")][:40]
    path.write_text("\n".join([header, *rows, *contradictions]) + "\n", encoding="utf-8")
    assert main(["train", "text-classification", str(path), "--strict"]) == 3
    shown = capsys.readouterr()
    assert "--strict was given" in shown.err
    assert "How it is trained" not in shown.out
    assert ModelStore(empty_home / "models").list() == []


@pytest.mark.e2e
def test_a_killed_training_publishes_nothing_and_the_next_one_says_so(file, empty_home, tmp_path):
    command = [sys.executable, "-m", "lepton_ai.cli.main", "train", "text-classification", str(file)]
    command += ["--recipe", "fast"]
    environment = {**os.environ, "LEPTON_HOME": str(empty_home)}
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("How it is trained"):
            break
    else:
        raise AssertionError("it ended before the training")
    process.send_signal(signal.SIGKILL)
    process.stdout.read()
    process.stdout.close()
    process.wait()
    store, runs = ModelStore(empty_home / "models"), RunStore(empty_home / "runs")
    assert store.list() == []
    (left,) = runs.abandoned()
    unpublished = store.root / "messages" / ".publish.killed.part"  # as if an earlier one died publishing
    unpublished.mkdir(parents=True)
    os.utime(unpublished, (0, 0))

    start = time.monotonic()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert f"Run {left.record.id} of model 'messages'" in done.stderr
    assert "was interrupted; nothing was published; its files were removed." in done.stderr
    assert [model.version for model in store.versions("messages")] == [1]
    assert list(runs.root.iterdir()) == []
    assert not unpublished.exists()
    assert time.monotonic() - start < 120
