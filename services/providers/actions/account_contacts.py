"""How an account is reached, by which it is also signed in to."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.providers.actions.saving import refused_by
from services.providers.models import Identity, Login, Passkey, Person, SignIn
from services.providers.problems import ContactTaken
from shared import contacts
from shared.problems import Problem, field_problem
from shared.revoked import revoke

Contacts = dict[str, str | None]
TAKEN: dict[str, type[Problem]] = {"person_email_key": ContactTaken, "person_phone_key": ContactTaken}
WAYS_IN: tuple[type[SignIn | Login | Passkey | Identity], ...] = (SignIn, Login, Passkey, Identity)


def kept_contacts(email: str | None, phone: str | None) -> Contacts:
    """Return the contacts as they are kept; raises `InvalidInput` for one that reaches nobody."""
    number = kept_number(phone)
    address = contacts.email(email) if email else None
    if email and address is None:
        raise field_problem("/email", "email")
    return {"email": address.lower() if address else None, "phone": number}


def kept_number(phone: str | None) -> str | None:
    """Return a phone number as it is kept, None when there is none; raises `InvalidInput` for what is no number."""
    number = contacts.phone(phone) if phone else None
    if phone and number is None:
        raise field_problem("/phone", "phone")
    return number


def contacts_differ(person: Person, kept: Contacts) -> bool:
    """Return whether an account would be reached otherwise."""
    return (person.email, person.phone) != (kept["email"], kept["phone"])


async def add_account(session: AsyncSession, person: Person) -> None:
    """Add an account; raises `ContactTaken`."""
    with refused_by(**TAKEN):
        async with session.begin_nested():
            session.add(person)


async def change_contacts(session: AsyncSession, person: Person, kept: Contacts) -> None:
    """Let a person be reached otherwise. Whoever came in by the old contact is out, with every way in that they had.
    Raises `ContactTaken`."""
    if not contacts_differ(person, kept):
        return
    with refused_by(**TAKEN):
        async with session.begin_nested():
            person.email, person.phone = kept["email"], kept["phone"]
    await end_ways_in(session, person)


async def end_ways_in(session: AsyncSession, person: Person) -> None:
    """End every way in that a person has: codes under way, logins, passkeys, accounts at identity providers."""
    for model in WAYS_IN:
        await session.execute(sa.delete(model).where(model.person_id == person.id))
    await revoke(session, "person", person.id)
