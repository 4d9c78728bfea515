"""Telling who can give a consent that it was asked for, and who has asked of the answer."""

import uuid
from collections.abc import Set

from sqlalchemy.ext.asyncio import AsyncSession

from services.providers.domain.second_person import whom_to_tell
from services.providers.models import Consent, ConsentNotice, Organisation, Person, ServicePoint
from services.providers.store.consents import askers_of
from services.providers.store.pending_grants import coordinators_of, managers_of
from shared.feed import emit
from shared.languages import DEFAULT
from shared.problems import NotFound
from shared.schemas import providers as wire
from shared.schemas.events import ConsentNoticed


async def tell_host(session: AsyncSession, consent: Consent, place: ServicePoint, knowing: Set[str]) -> None:
    """Have a request told to the managers of the point's organisation; to the coordinators and to its own address,
    where it has none who does not know."""
    host = await session.get_one(Organisation, place.organisation_id)
    managers = await managers_of(session, host)
    told = whom_to_tell(managers, await coordinators_of(session, host.region, host), knowing)
    for person in told if managers else (*told, None):
        notice = ConsentNotice(consent_id=consent.id, about="asked", person_id=person)
        session.add(notice)
        await session.flush()
        await emit(session, ConsentNoticed(id=notice.id), internal=True)


async def note_asker(session: AsyncSession, consent: Consent, person: uuid.UUID) -> None:
    """Note that somebody is to be told of the answer, each once."""
    known = {notice.person_id for notice in await askers_of(session, consent)}
    if person not in known:
        session.add(ConsentNotice(consent_id=consent.id, about="answered", person_id=person))
        await session.flush()


async def tell_askers(session: AsyncSession, consent: Consent) -> None:
    """Have the answer told to who has asked."""
    for notice in await askers_of(session, consent):
        await emit(session, ConsentNoticed(id=notice.id), internal=True)


async def consent_message(session: AsyncSession, notice: uuid.UUID) -> wire.ConsentMessage:
    """Return what to tell of a consent, and whom; raises `NotFound` when that is no more so, or nobody is there to be
    told."""
    row = await session.get(ConsentNotice, notice)
    if row is None:
        raise NotFound
    consent = await session.get_one(Consent, row.consent_id)
    if (row.about == "asked") is not (consent.status == "asked"):
        raise NotFound
    place = await session.get_one(ServicePoint, consent.service_point_id)
    host = await session.get_one(Organisation, place.organisation_id)
    guest = await session.get_one(Organisation, consent.organisation_id)
    told = await session.get_one(Person, row.person_id) if row.person_id else None
    email = told.email if told else host.email
    return wire.ConsentMessage.model_validate(
        {
            "language": told.language if told else DEFAULT,
            "email": email,
            "phone": told.phone if told and not email else None,
            "region": host.region,
            "status": consent.status,
            "place": place.name,
            "guest": guest.name,
        }
    )
