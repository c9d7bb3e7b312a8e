from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lepton_ai.core import errors
from lepton_ai.core.errors import LeptonError, MissingDependencyError, did_you_mean

KINDS = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, LeptonError)]


def test_an_error_says_what_failed_and_what_to_do():
    error = LeptonError("It broke.", hint="Mend it.")
    assert str(error) == "It broke. Mend it."
    assert (error.message, error.hint) == ("It broke.", "Mend it.")
    assert str(LeptonError("It broke.")) == "It broke."


@pytest.mark.parametrize("field", ["code", "exit_code"])
def test_every_kind_can_be_told_apart(field):
    values = [getattr(kind, field) for kind in KINDS]
    shared = {value for value in values if values.count(value) > 1}
    assert shared <= {3}, "only errors about the user's rows share an exit code"


def test_every_kind_has_a_status_and_an_exit_code():
    for kind in KINDS:
        assert 400 <= kind.status < 600
        assert 1 <= kind.exit_code < 64


def test_a_missing_library_tells_how_to_get_it():
    error = MissingDependencyError.for_extra("polars", "train", "Reading a table")
    assert "'polars'" in str(error)
    assert 'pip install "lepton-ai[train]"' in str(error)


def test_the_nearest_name_is_offered_first():
    assert did_you_mean("mesages", ["topics", "messages"]) == "Did you mean 'messages'?"
    assert did_you_mean("x", ["b", "a"]) == "Known: 'a', 'b'."
    assert did_you_mean("x", []) == "None is known."
    assert did_you_mean("zzz", [f"name-{number:02}" for number in range(30)]).endswith("'name-19', ....")


@given(st.text(max_size=20), st.lists(st.text(max_size=20), max_size=30))
def test_any_names_make_a_sentence(name, known):
    assert did_you_mean(name, known).endswith((".", "?"))
