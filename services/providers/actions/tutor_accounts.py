"""The account that a tutor signs in to."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.providers.actions.account_contacts import (
    Contacts,
    add_account,
    change_contacts,
    contacts_differ,
    kept_contacts,
)
from services.providers.actions.giving_roles import require_to_give
from services.providers.actions.pending_grants import give_roles, give_roles_anew, giver_of
from services.providers.models import Person, Tutor
from services.providers.store.pending_grants import pending_of_people
from services.providers.store.people import roles_of
from shared.auth import Principal
from shared.schemas.people import Role


async def give_tutor_an_account(
    session: AsyncSession, tutor: Tutor, *, caller: Principal, email: str | None, phone: str | None
) -> None:
    """Make or update the account that a tutor signs in to, when they can be reached."""
    if not (email or phone):
        return
    kept = kept_contacts(email, phone)
    if tutor.person_id is None:
        await _add_tutor_account(session, tutor, kept, giver_of(caller))
        return
    person = await session.get_one(Person, tutor.person_id, with_for_update=True)
    if contacts_differ(person, kept):
        await _require_to_change(session, caller, person, tutor)
        await change_contacts(session, person, kept)
        await give_roles_anew(session, person, giver_of(caller))


async def _require_to_change(session: AsyncSession, caller: Principal, person: Person, tutor: Tutor) -> None:
    """Of an account that may do more than help, the contacts are changed by who reaches all that: whoever has them
    can sign in."""
    grants = (*await roles_of(session, person.id), *await pending_of_people(session, [person.id]))
    roles = [Role.model_validate(role) for role in grants]
    if others := [role for role in roles if role.tutor_id != tutor.id]:
        await require_to_give(session, caller, person.region, others)


async def _add_tutor_account(session: AsyncSession, tutor: Tutor, kept: Contacts, given_by: str) -> None:
    person = Person(region=tutor.region, language=tutor.languages[0], **kept)
    await add_account(session, person)
    role = Role(role="tutor", tutor_id=tutor.id, organisation_id=tutor.organisation_id)
    await give_roles(session, person, [role], given_by)
