"""One model behind HTTP: what it can be asked, and what it says of itself."""

from __future__ import annotations

import msgspec

from lepton_ai.core.types import JSON
from lepton_ai.serving.actions import ACTIONS, Action, Served
from lepton_ai.serving.model import Model
from lepton_ai.serving.problems import ProblemError


class Endpoint:
    """A model under the name it is served by.

    Args:
        name: The name in the path.
        model: The opened model.
        max_rows: Most rows in one request.
    """

    def __init__(self, name: str, model: Model, *, max_rows: int) -> None:
        self.name = name
        self.model = model
        self.manifest = model.package.manifest
        served = Served(name=name, model=model, max_rows=max_rows)
        made = (kind.of(served) for kind in ACTIONS.values())
        self.actions: dict[str, Action] = {one.name: one for one in made if one is not None}

    def warm_up(self) -> None:
        """Answer an example of every action, so that the first request finds everything loaded."""
        for action in self.actions.values():
            action.warm_up()

    def action(self, name: str) -> Action:
        """What the model answers at the end of a path.

        Raises:
            ProblemError: 404, a model of this kind cannot be asked that.
        """
        try:
            return self.actions[name]
        except KeyError:
            told = f"A model of the task {self.manifest.task!r} cannot be asked that."
            raise ProblemError("unknown-action", told, known=list(self.actions)) from None

    def summary(self) -> JSON:
        """What the list of models shows."""
        manifest = self.manifest
        return {
            "name": self.name,
            "task": manifest.task,
            "version": manifest.version,
            "description": manifest.description,
            "metrics": manifest.metrics,
        }

    def card(self) -> JSON:
        """What the page of one model shows; `labels` is null for a task without labels."""
        return {
            **self.summary(),
            "created": self.manifest.created,
            "labels": self.manifest.output.params.get("labels"),
            "signature": self.manifest.signature,
            "calibration": msgspec.to_builtins(self.model.package.calibration),
        }
