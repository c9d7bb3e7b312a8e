"""`recommend`: who to recommend for and what is wanted, as one object; a ranked list back."""

from __future__ import annotations

from typing import ClassVar, Self

import msgspec

from lepton_ai.core.types import JSON
from lepton_ai.package.recommender import OPTIONS, USER
from lepton_ai.serving import strict_json
from lepton_ai.serving.actions.base import (
    EXAMPLE_ID,
    ID_SCHEMA,
    Action,
    Asked,
    Description,
    Served,
    keys_held,
    refusal,
    refuse_twins,
)
from lepton_ai.serving.actions.ranking import Ranking
from lepton_ai.serving.limits import Limits
from lepton_ai.serving.rows import ObjectRule, example_cell

_SHOWN_OPTIONS = {"k": 3}


class Recommend(Action):
    """Recommends items for one user or history.

    Args:
        served: The model.
        ranking: The same as a recommender.
    """

    name: ClassVar[str] = "recommend"

    def __init__(self, served: Served, ranking: Ranking) -> None:
        super().__init__(served)
        self._ranking = ranking
        cells = self.manifest.signature["input"]["properties"]
        who, options = cells[USER], cells[OPTIONS]
        self._who = frozenset(who["properties"])
        self._example_who: JSON = example_cell(who)
        self._request: JSON = {
            "type": "object",
            "properties": {**who["properties"], **options["properties"]},
            "additionalProperties": False,
        }
        self._rule = ObjectRule(self._request)

    @classmethod
    def of(cls, served: Served) -> Self | None:
        """Recommenders have it."""
        ranking = Ranking.of(served.model.package)
        return None if ranking is None else cls(served, ranking)

    @property
    def example(self) -> JSON:
        """A history, and how many items are wanted."""
        return {**self._example_who, **_SHOWN_OPTIONS}

    def parse(self, body: bytes) -> Asked:
        """The user and the options of a request body; one without either asks for what anyone might like."""
        content = strict_json.decode(body)
        if not self._rule.fits(content):
            raise refusal(self._rule.errors(content))
        refuse_twins(body, keys_held(content))
        who: JSON = {}
        options: JSON = {}
        for name, value in content.items():
            (who if name in self._who else options)[name] = value
        columns = {USER: [who], OPTIONS: [options]}
        return Asked(columns, 1, self._ranking.cost(columns))

    def answer(self, asked: Asked) -> list[JSON]:
        """The one list."""
        return self.served.model.predict(asked.columns)

    def reply(self, answers: list[JSON], ids: list[str]) -> bytes:
        """The list, with an id before it."""
        return msgspec.json.encode({**self.head, "id": ids[0], **answers[0]})

    def describe(self, limits: Limits) -> Description:
        """The fields of the user and the options side by side, and the answer of the model."""
        answer: JSON = self.manifest.signature["output"]
        own = {"id": ID_SCHEMA, **answer["properties"]}
        return Description(
            summary=f"Recommend items with {self.served.name}",
            text="For a user the model knows, for a history, or for both: a history is appended to what is "
            "stored of the user, so that a new event counts at once. For nobody, what is popular. "
            "Unknown items of a history are passed over. Fewer than `k` items come back when no more are "
            "left.",
            request=self._request,
            request_example=self.example,
            answer=self.answer_schema(own, ["id", *answer["required"]]),
            answer_example={"id": EXAMPLE_ID, **self.example_answer},
        )
