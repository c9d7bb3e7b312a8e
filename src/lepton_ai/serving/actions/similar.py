"""`similar`: an item in, the items most like it out."""

from __future__ import annotations

from typing import ClassVar, Self

import msgspec

from lepton_ai.codecs.ranking.options import option_schemas
from lepton_ai.core.errors import NotFoundError
from lepton_ai.core.types import JSON
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
from lepton_ai.serving.problems import FieldError, ProblemError, pointer
from lepton_ai.serving.rows import ObjectRule

_DEFAULT_K = 10


class Similar(Action):
    """Finds items that are like one.

    Args:
        served: The model.
        ranking: The same as a recommender.
    """

    name: ClassVar[str] = "similar"

    def __init__(self, served: Served, ranking: Ranking) -> None:
        super().__init__(served)
        self._codec = ranking.codec
        self._cost = ranking.cost_of_one
        self._request: JSON = {
            "type": "object",
            "properties": {
                "item": {**ranking.codec.cell_schema(), "description": "Id of an item."},
                "k": option_schemas()["k"],
            },
            "required": ["item"],
            "additionalProperties": False,
        }
        self._rule = ObjectRule(self._request)

    @classmethod
    def of(cls, served: Served) -> Self | None:
        """Recommenders that know which items are alike have it."""
        ranking = Ranking.of(served.model.package)
        if ranking is None or ranking.codec.catalogue.vectors.size == 0:
            return None
        return cls(served, ranking)

    @property
    def example(self) -> JSON:
        """The first item of the catalogue."""
        return {"item": self._codec.items.id(1), "k": 3}

    def parse(self, body: bytes) -> Asked:
        """The item, and how many are wanted."""
        content = strict_json.decode(body)
        if not self._rule.fits(content):
            raise refusal(self._rule.errors(content))
        refuse_twins(body, keys_held(content))
        return Asked({"item": [content["item"]], "k": [content.get("k")]}, 1, self._cost)

    def answer(self, asked: Asked) -> list[JSON]:
        """The one list.

        Raises:
            ProblemError: 404, the catalogue has no such item.
        """
        item, k = asked.columns["item"][0], asked.columns["k"][0]
        try:
            return [{"items": self._codec.similar(item, _DEFAULT_K if k is None else int(k))}]
        except NotFoundError as error:
            told = FieldError(pointer("item"), "No item of the catalogue has this id.")
            raise ProblemError("unknown-item", error.message, errors=[told]) from None

    def reply(self, answers: list[JSON], ids: list[str]) -> bytes:
        """The list, with an id before it."""
        return msgspec.json.encode({**self.head, "id": ids[0], **answers[0]})

    def describe(self, limits: Limits) -> Description:
        """An item with its title, and how like it is to the one asked about."""
        name = self.served.name
        listed: JSON = self.manifest.signature["output"]["properties"]["items"]["items"]["properties"]
        item = {field: schema for field, schema in listed.items() if field != "reason"}
        item["score"] = {
            "type": "number",
            "description": "Cosine between the vectors of both items.",
        }
        items = {
            "type": "array",
            "description": "Most alike first.",
            "items": {
                "type": "object",
                "properties": item,
                "required": list(item),
                "additionalProperties": False,
            },
        }
        return Description(
            summary=f"Find items of {name} that are like one",
            text="The item itself is not among them. Fewer than `k` come back from a small catalogue.",
            request=self._request,
            request_example=self.example,
            answer=self.answer_schema({"id": ID_SCHEMA, "items": items}, ["id", "items"]),
            answer_example={"id": EXAMPLE_ID, **self.example_answer},
            problems=("unknown-item",),
        )
