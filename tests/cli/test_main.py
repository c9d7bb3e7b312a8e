from __future__ import annotations

import json
import subprocess
import sys

import pytest

from lepton_ai.cli import main as main_module
from lepton_ai.cli.main import BROKEN_PIPE, INTERRUPTED, UNEXPECTED, VERBS, main
from lepton_ai.core.errors import DataError, LeptonError
from lepton_ai.version import __version__


@pytest.fixture
def failing_verb(monkeypatch):
    """Makes the verb `version` raise what the test asks for."""

    def fail_with(error: BaseException) -> None:
        def run(args, console):
            raise error

        monkeypatch.setattr("lepton_ai.cli.version.run", run)

    return fail_with


def test_help_names_every_verb(capsys):
    assert main([]) == main(["--help"]) == 0
    shown = capsys.readouterr().out
    assert all(f"  {verb} " in shown for verb in VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help_and_the_common_flags(verb, capsys):
    assert main([verb, "--help"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith(f"usage: lepton {verb}")
    assert "--json" in shown
    assert "--debug" in shown


def test_an_unknown_verb_gets_a_suggestion(capsys):
    assert main(["trian"]) == 2
    assert "Did you mean 'train'?" in capsys.readouterr().err


def test_an_unknown_flag_gets_a_suggestion(capsys):
    assert main(["version", "--jsno"]) == 2
    assert "Did you mean '--json'?" in capsys.readouterr().err


def test_json_holds_standard_output_alone(capsys):
    assert main(["version", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["lepton-ai"] == __version__


def test_an_error_tells_message_and_hint_without_a_traceback(failing_verb, capsys):
    failing_verb(DataError("It does not fit.", hint="Make it fit."))
    assert main(["version"]) == 3
    assert capsys.readouterr().err == "Error: It does not fit.\n  Make it fit.\n"


def test_an_error_is_json_too(failing_verb, capsys):
    failing_verb(DataError("It does not fit.", hint="Make it fit."))
    assert main(["version", "--json"]) == 3
    told = json.loads(capsys.readouterr().out)
    assert told == {"error": {"code": "data", "message": "It does not fit.", "hint": "Make it fit."}}


def test_debug_shows_the_traceback(failing_verb, capsys):
    failing_verb(DataError("It does not fit."))
    assert main(["version", "--debug"]) == 3
    assert "Traceback" in capsys.readouterr().err


def test_a_defect_has_its_own_exit_code(failing_verb, capsys):
    failing_verb(ZeroDivisionError("oh"))
    assert main(["version"]) == UNEXPECTED
    told = capsys.readouterr().err
    assert "ZeroDivisionError: oh" in told
    assert "--debug" in told
    assert "Traceback" not in told


def test_the_systems_refusal_is_told_in_words(failing_verb, capsys):
    failing_verb(PermissionError(13, "Permission denied", "there"))
    assert main(["version"]) == 1
    assert "The system refused: Permission denied (there)." in capsys.readouterr().err


def test_ctrl_c(failing_verb, capsys):
    failing_verb(KeyboardInterrupt())
    assert main(["version"]) == INTERRUPTED
    assert capsys.readouterr().err == "Interrupted.\n"


def test_a_reader_that_goes_away_is_no_error():
    script = (
        "from lepton_ai.cli import main; import sys;"
        "main.VERBS.update({str(n): ('', 'x' * 99) for n in range(9999)}); sys.exit(main.main([]))"
    )
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait() == BROKEN_PIPE
    process.stderr.close()


def test_only_the_verb_that_was_asked_for_is_imported():
    script = (
        "import sys; from lepton_ai.cli.main import main; main(['version']);"
        "print(sorted({'lepton_ai.cli.train', 'lepton_ai.cli.serve', 'numpy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def kinds_of(error):
    return {error, *(kind for child in error.__subclasses__() for kind in kinds_of(child))}


def test_every_exit_code_is_in_the_help():
    import lepton_ai.serving.client
    import lepton_ai.serving.server  # noqa: F401 - has errors of its own

    words = main_module._HELP.partition("Exit codes:")[2].split()
    own = {kind.exit_code for kind in kinds_of(LeptonError) if kind.__module__.startswith("lepton_ai.")}
    assert {str(code) for code in own | {UNEXPECTED, INTERRUPTED, BROKEN_PIPE}} <= set(words)
