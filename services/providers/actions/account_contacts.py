"""How an account is reached, by which it is also signed in to."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from services.providers.models import Identity, Login, Passkey, Person, SignIn
from services.providers.problems import ContactTaken
from shared import contacts
from shared.db import refused_by
from shared.problems import field_problem
from shared.revoked import revoke

Contacts = dict[str, str | None]
WAYS_IN: tuple[type[SignIn | Login | Passkey | Identity], ...] = (SignIn, Login, Passkey, Identity)


def kept_contacts(email: str | None, phone: str | None) -> Contacts:
    """Return the contacts as they are kept; raises `InvalidInput` for one that reaches nobody."""
    number = contacts.phone(phone) if phone else None
    if phone and number is None:
        raise field_problem("/phone", "phone")
    address = contacts.email(email) if email else None
    if email and address is None:
        raise field_problem("/email", "email")
    return {"email": address.lower() if address else None, "phone": number}


def contacts_differ(person: Person, kept: Contacts) -> bool:
    """Return whether an account would be reached otherwise."""
    return (person.email, person.phone) != (kept["email"], kept["phone"])


TAKEN = frozenset({"person_email_key", "person_phone_key"})
"""The constraints by which one contact is one account's."""


@asynccontextmanager
async def _refusing_taken(session: AsyncSession) -> AsyncIterator[None]:
    """Write what is done inside; raises `ContactTaken` when it is another account's contact."""
    try:
        async with session.begin_nested():
            yield
    except IntegrityError as error:
        if refused_by(error) in TAKEN:
            raise ContactTaken from None
        raise


async def add_account(session: AsyncSession, person: Person) -> None:
    """Add an account; raises `ContactTaken`."""
    async with _refusing_taken(session):
        session.add(person)


async def change_contacts(session: AsyncSession, person: Person, kept: Contacts) -> None:
    """Let a person be reached otherwise. Whoever came in by the old contact is out, with every way in that they had:
    codes under way, logins, passkeys, accounts at identity providers. Raises `ContactTaken`."""
    if not contacts_differ(person, kept):
        return
    async with _refusing_taken(session):
        person.email, person.phone = kept["email"], kept["phone"]
    for model in WAYS_IN:
        await session.execute(sa.delete(model).where(model.person_id == person.id))
    await revoke(session, "person", person.id)
