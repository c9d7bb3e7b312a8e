from __future__ import annotations

import msgspec
import numpy as np
import pytest
import torch
from toy import CLASSES, SMALL, TEXTS, one_hot, plan, wide

from lepton_ai.core.errors import NotFoundError
from lepton_ai.core.plan import NetworkPlan
from lepton_ai.core.progress import Silent
from lepton_ai.training.members import Part, settled, train_members

CNN = NetworkPlan("text_cnn", "steps", SMALL["text_cnn"], {"epochs": 2, "patience": 1, "batch": 16})


def part(texts=TEXTS, numbers=CLASSES):
    return Part(texts, one_hot(numbers), np.ones(len(texts), np.float32))


def trained(made, *, round_number=0, held_out=None):
    return train_members(made, part(), round_number=round_number, progress=Silent(), held_out=held_out)


def test_every_network_predicts_the_held_out_rows():
    members, logits = trained(plan(wide(), CNN), held_out=part(TEXTS[:5], CLASSES[:5]))
    assert [type(one).__name__ for one in members.networks] == ["WideNgram", "TextCNN"]
    assert [one.shape for one in logits] == [(5, 2), (5, 2)]
    assert (logits[0].argmax(1) == CLASSES[:5]).all()


def test_without_held_out_rows_there_are_no_logits():
    members, logits = trained(plan(wide()))
    assert logits == []
    assert len(members.networks) == 1


def test_plan_and_round_decide_the_weights():
    made = plan(CNN)
    one, again, other_round, other_seed = (
        trained(each, round_number=number)[0].networks[0].state_dict()
        for each, number in ((made, 0), (made, 0), (made, 1), (msgspec.structs.replace(made, seed=1), 0))
    )
    assert all(torch.equal(one[name], again[name]) for name in one)
    for other in (other_round, other_seed):
        assert any(not torch.equal(one[name], other[name]) for name in one)


def test_networks_of_one_kind_start_apart():
    first, second = trained(plan(CNN, CNN))[0].networks
    assert not torch.equal(first.projection, second.projection)


def test_the_last_training_takes_the_mean_of_the_epochs():
    found = [
        [wide(), msgspec.structs.replace(CNN, training={"epochs": epochs, "batch": 16})] for epochs in (2, 5)
    ]
    last = settled(plan(wide(), CNN), found)
    assert last.networks[1].training == {"epochs": 4, "batch": 16}
    assert last.networks[0] == wide()


def test_copies_are_written_out_in_the_last_training():
    made = plan(wide(), msgspec.structs.replace(CNN, copies=3))
    last = settled(made, [made.networks])
    assert [one.network for one in last.networks] == ["wide_ngram", "text_cnn", "text_cnn", "text_cnn"]


def test_unknown_names_are_told():
    with pytest.raises(NotFoundError, match="no network named 'text_cn'"):
        trained(plan(NetworkPlan("text_cn", "steps")))
    with pytest.raises(NotFoundError, match="no trainer named 'step'"):
        trained(plan(NetworkPlan("text_cnn", "step")))
