"""What models can be asked over HTTP: one action a file, and `ACTIONS`, the table of them all."""

from lepton_ai.serving.actions.base import Action, Asked, Served
from lepton_ai.serving.actions.predict import Predict
from lepton_ai.serving.actions.recommend import Recommend
from lepton_ai.serving.actions.similar import Similar

ACTIONS: dict[str, type[Action]] = {one.name: one for one in (Predict, Recommend, Similar)}
"""Last part of the path to the action."""

__all__ = ["ACTIONS", "Action", "Asked", "Served"]
