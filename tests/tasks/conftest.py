import pytest

from lepton_ai import TextClassifier


@pytest.fixture(scope="session")
def fitted():
    """A classifier trained on its own example; tests only read it."""
    return TextClassifier(recipe="fast").fit(TextClassifier.example())


@pytest.fixture
def example():
    return TextClassifier.example()
