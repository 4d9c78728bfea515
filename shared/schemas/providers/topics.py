"""Topics, and what people call them."""

from typing import Annotated

from pydantic import Field, StringConstraints

from shared.schemas.common import LocalisedName, LocalisedText, ShortText, TopicCode, Wire, example
from shared.schemas.providers.base import Page

Synonym = Annotated[ShortText, StringConstraints(max_length=60)]


class Synonyms(Wire):
    """What people say when they mean a topic, in each page language."""

    fi: list[Synonym] = Field(default=[], max_length=50)
    sv: list[Synonym] = Field(default=[], max_length=50)
    en: list[Synonym] = Field(default=[], max_length=50)


class KeptSynonyms(Synonyms):
    """The same as they are kept: what was taken before the rules of today is still shown."""

    fi: list[str] = Field(default=[])
    sv: list[str] = Field(default=[])
    en: list[str] = Field(default=[])


class TopicInput(Wire):
    """What a topic is called, as a citizen would say it. One with a `parent` is a finer word for it, by which people
    find it; what is booked is the parent."""

    model_config = example(name={"fi": "Asiointipalvelut", "sv": "E-tjänster"}, rank=10, synonyms={"fi": ["Suomi.fi"]})

    name: LocalisedName
    rank: int = Field(default=100, ge=0, le=1000, description="its place in lists for people, lowest first")
    parent: TopicCode | None = None
    synonyms: Synonyms = Synonyms()
    ptv_class: str | None = Field(
        default=None,
        max_length=6,
        pattern=r"^P[0-9]{1,2}(\.[0-9]{1,2})?$",
        description="class of the national service catalogue (PTV)",
    )


class Topic(TopicInput):
    """What the trouble can be with."""

    name: LocalisedText  # what was taken before the rules of today is still shown
    synonyms: KeptSynonyms = KeptSynonyms()
    code: TopicCode
    version: int = Field(default=1, description="counts its changes; the ETag")


class Topics(Page):
    items: list[Topic]
