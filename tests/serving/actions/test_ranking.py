from lepton_ai.serving.actions.ranking import Ranking


def test_a_varied_list_costs_as_many_rows_as_it_has_pairs(things):
    ranking = Ranking.of(things.package)
    assert ranking is not None
    assert ranking.cost({"options": [None, {}, {"k": 1000}]}) == 3
    assert ranking.cost({"options": [{"k": 10, "diversity": 0.5}]}) == 2
    assert ranking.cost({"options": [{"k": 1000, "diversity": 0.5}, {"diversity": None}]}) == 10_002


def test_another_kind_is_none():
    from fake_model import FakePackage

    assert Ranking.of(FakePackage()) is None
