"""Who a tutor is to citizens, and whom they ask to correct it: their organisation, which writes it."""

from dataclasses import dataclass

from fastapi import Request

from services.web.clients import providers
from services.web.patience import answer_or_none
from services.web.state import catalogue_of
from shared.schemas.common import LocalisedText
from shared.schemas.people import MyData
from shared.schemas.providers import Organisation, OwnTutor


@dataclass(frozen=True)
class WhoAmI:
    """A tutor as citizens see them, with their topics by name; where they are sent codes, which citizens never
    see; and their organisation, when the registry tells it."""

    tutor: OwnTutor
    topics: list[LocalisedText]
    contact: str
    organisation: Organisation | None


async def who_am_i(request: Request, held: MyData | None) -> WhoAmI | None:
    """Return who somebody is of whom the registry holds this; None for who is no tutor, or while it does not tell."""
    if held is None or not held.tutor:
        return None
    tutor, account = held.tutor[0], held.account
    names = {topic.code: topic.name for topic in await catalogue_of(request).topics.get()}
    return WhoAmI(
        tutor=tutor,
        topics=[names[code] for code in tutor.topics if code in names],
        contact=account.email or account.phone or "",
        organisation=await answer_or_none(providers(request).organisation(tutor.organisation_id)),
    )
