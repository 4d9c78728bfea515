"""All that the registry holds of a person, for that person (GDPR, article 15)."""

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.providers.actions.logins import list_logins
from services.providers.actions.passkeys import existing_account, passkeys_of
from services.providers.actions.people import with_roles
from services.providers.models import Identity, Tutor
from shared.audit.table import AuditEntry
from shared.schemas import people as wire
from shared.schemas import providers

DONE_SHOWN = 1000


async def data_of_person(
    session: AsyncSession, person: uuid.UUID, *, current: uuid.UUID | None, now: dt.datetime
) -> wire.MyData:
    """Return their account, their record as a tutor, where they are signed in, and what they did."""
    account = await existing_account(session, person)
    tutors = await session.scalars(sa.select(Tutor).where(Tutor.person_id == person))
    identities = await session.scalars(sa.select(Identity.issuer).where(Identity.person_id == person))
    done = sa.select(AuditEntry).where(AuditEntry.caller == f"person:{person}").order_by(AuditEntry.id.desc())
    return wire.MyData(
        account=(await with_roles(session, [account]))[0],
        tutor=[providers.OwnTutor.model_validate(row) for row in tutors],
        logins=await list_logins(session, person, current=current, now=now),
        passkeys=[wire.Passkey.model_validate(row) for row in await passkeys_of(session, person)],
        identities=list(identities),
        done=[wire.AuditEntry.model_validate(row) for row in await session.scalars(done.limit(DONE_SHOWN))],
    )
