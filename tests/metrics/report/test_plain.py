from lepton_ai.metrics.report.plain import plain


def test_tuples_become_lists_at_every_depth():
    assert plain({"a": ({"b": (1, [2, (3,)])},), "c": None}) == {"a": [{"b": [1, [2, [3]]]}], "c": None}
