"""What pages say of a citizen's own appointment beside what it says itself."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import Request

from services.web.bringing import Needed, what_is_needed
from services.web.maps import map_link
from services.web.patience import answer_or_none
from services.web.sent_to import SentTo, sent_to
from services.web.state import catalogue_of, settings_of
from services.web.whom_to_call import Answering, who_answers_about
from shared.schemas.booking import Appointment
from shared.schemas.common import LocalisedText


@dataclass(frozen=True)
class About:
    """What an appointment is about, where that is on a map, what is needed, whether the helper speaks the citizen's
    language, where messages go, and whom to call where the appointment has no number."""

    topic: LocalisedText | None
    map_url: str | None
    needed: Needed
    speaks: bool
    sent_to: SentTo
    to_call: Sequence[Answering]


async def about_visit(request: Request, found: Appointment) -> About:
    """Return what is said of an appointment."""
    settings, place, citizen = settings_of(request), found.place, found.citizen
    return About(
        topic=await _topic(request, found.topic),
        map_url=map_link(settings, place.lat, place.lon) if place else None,
        needed=what_is_needed(found.topic, found.channel, found.bring),
        speaks=citizen is None or not found.languages or citizen.language in found.languages,
        sent_to=sent_to(citizen, found.region, settings) if citizen else SentTo(),
        to_call=await who_answers_about(request, found),
    )


async def _topic(request: Request, code: str) -> LocalisedText | None:
    topic = await answer_or_none(catalogue_of(request).topic(code))  # never heard while the registry is away
    return topic.name if topic else None
