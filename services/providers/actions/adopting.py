"""Adopting the consents that booking assumes: it alone knows whose hours stood at others' service points before anybody
was asked. Here they are seen by who keeps the point, and can be withdrawn. Once the feed has told booking of one, it
assumes it no longer, so that each is adopted once."""

import logging
from collections.abc import Sequence

import httpx2
from sqlalchemy.ext.asyncio import AsyncSession

from services.providers.actions.consents import set_status
from services.providers.models import Organisation, ServicePoint
from services.providers.settings import Settings
from services.providers.store.audit import note_who
from services.providers.store.consents import consent_of
from shared.clients import BookingClient
from shared.hourly import Job
from shared.keys import SigningKey
from shared.problems import Unavailable
from shared.schemas.booking import AssumedConsent
from shared.tls import tls_context

log = logging.getLogger(__name__)


def adopting(settings: Settings, key: SigningKey) -> Job:
    """Return the hourly job that asks booking what it assumes, and adopts it."""

    async def adopt_assumed_consents(session: AsyncSession) -> None:
        try:
            async with httpx2.AsyncClient(verify=tls_context()) as http:
                assumed = await BookingClient(http, settings.booking_url, key=key).assumed_consents()
        except Unavailable:
            log.info("Booking is away, and is asked in an hour which consents it assumes")
            return
        await adopt(session, assumed)

    return adopt_assumed_consents


async def adopt(session: AsyncSession, assumed: Sequence[AssumedConsent]) -> None:
    """Give what booking assumes, in the service's own name, unless something was said of it."""
    await note_who(session, "service:providers")
    for each in assumed:
        place = await session.get(ServicePoint, each.service_point_id, with_for_update=True)
        guest = await session.get(Organisation, each.organisation_id)
        if place is None or guest is None or guest.id == place.organisation_id:
            continue
        if await consent_of(session, place.id, guest.id) is None:
            await set_status(session, place, guest.id, "allowed")
