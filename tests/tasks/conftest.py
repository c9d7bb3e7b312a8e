import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import pandas as pd
import pytest
from shop import again, events, item_file, later, rated, user_file

from lepton_ai import DNNRecommender, TextClassifier


@pytest.fixture(autouse=True, scope="session")
def one_thread():
    import torch

    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def fitted():
    """A classifier trained on its own example; tests only read it."""
    return TextClassifier(recipe="fast").fit(TextClassifier.example())


@pytest.fixture
def example():
    return TextClassifier.example()


@pytest.fixture(scope="session")
def walker():
    """A recommender trained on events alone; tests only read it, like those below."""
    return DNNRecommender(recipe="fast", name="walker").fit(events())


@pytest.fixture(scope="session")
def shop(tmp_path_factory):
    """A recommender that knows its items and users from side files, one a path and one a frame."""
    path = tmp_path_factory.mktemp("shop") / "items.csv"
    pd.DataFrame(item_file()).to_csv(path, index=False)
    model = DNNRecommender(
        recipe="fast", networks=["two_tower"], items=str(path), users=pd.DataFrame(user_file()), seed=3
    )
    return model.fit(events())


@pytest.fixture(scope="session")
def repeating():
    """A recommender for customers who buy things again, judged by given events."""
    following = [{"user": f"c{user}", "item": f"p{user % 4}", "time": "2024-02-01"} for user in range(20)]
    return DNNRecommender(recipe="fast").fit(again(), validation=following)


@pytest.fixture(scope="session")
def rater():
    """A model for ratings."""
    return DNNRecommender(target="rating", recipe="fast", items=item_file()).fit(rated())


@pytest.fixture
def following():
    """What each user of `walker` and `shop` takes next."""
    return later()
