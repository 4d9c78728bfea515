"""`add`: the first accounts of a region, which nobody could give through the API yet; `confirm`: for who has nobody to
be the second person; `end-ways-in`: for who is locked out."""

from functools import partial
from typing import TYPE_CHECKING, get_args

import click
from pydantic import ValidationError

from vuoro.options import REGION
from vuoro.registry import in_registry

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession


@click.group(name="add")
def add_account() -> None:
    """Give first accounts; coordinators add the others through the API."""


@add_account.command(name="coordinator")
@click.argument("email")
@REGION
def add_coordinator(email: str, region: str) -> None:
    """Give a regional coordinator an account."""
    from services.providers.actions.people import create_person
    from shared.schemas.people import PersonInput, Role

    try:
        wanted = PersonInput(region=region, email=email, roles=[Role(role="coordinator")])
    except ValidationError:
        raise click.ClickException("An e-mail address and a region code of two digits are needed.") from None
    in_registry(partial(create_person, wanted=wanted))
    click.echo(f"{email} can sign in as coordinator of region {region}.")


@add_account.command(name="manager")
@click.argument("email")
@click.option("--organisation", required=True, type=click.UUID, help="The id of the organisation.")
def add_manager(email: str, organisation: "UUID") -> None:
    """Give an organisation's manager an account, which needs no second person."""
    name = in_registry(partial(_add_manager, email=email, organisation=organisation))
    click.echo(f"{email} can sign in as manager of {name}.")


async def _add_manager(session: "AsyncSession", *, email: str, organisation: "UUID") -> str:
    """Make the account; returns what the organisation is called."""
    from services.providers.actions.people import create_person
    from services.providers.models import Organisation
    from shared.schemas.common import LocalisedText
    from shared.schemas.people import PersonInput, Role

    row = await session.get(Organisation, organisation)
    if row is None:
        raise click.ClickException(f"There is no organisation {organisation}.")
    try:
        role = Role(role="manager", organisation_id=organisation)
        wanted = PersonInput(region=row.region, email=email, roles=[role])
    except ValidationError:
        raise click.ClickException("An e-mail address is needed.") from None
    await create_person(session, wanted)
    return LocalisedText.model_validate(row.name).best("fi")


@click.command(name="end-ways-in")
@click.argument("email")
def end_ways_in_of(email: str) -> None:
    """End every way in of an account whose owner has lost their passkeys: the next code lets them make a new one."""
    from services.providers.actions.account_contacts import end_ways_in
    from services.providers.store.people import person_by_contact

    async def end(session: "AsyncSession") -> bool:
        person = await person_by_contact(session, email=email.lower(), phone=None)
        if person is not None:
            await end_ways_in(session, person)
        return person is not None

    if not in_registry(end):
        raise click.ClickException(f"Nobody has the address {email}.")
    click.echo(f"{email} signs in with a code next, and makes a new passkey.")


@click.command(name="confirm")
@click.argument("email")
def confirm_roles_of(email: str) -> None:
    """Confirm the roles that wait for a second person of an account, each after a question."""
    from services.providers.actions.confirming import confirm_as_operator

    waiting = in_registry(partial(_waiting_for, email=email))
    if not waiting:
        raise click.ClickException(f"Nothing waits for the account {email}.")
    for grant, said in waiting:
        if click.confirm(f"{said}. Confirm?"):
            in_registry(partial(confirm_as_operator, grant=grant))


async def _waiting_for(session: "AsyncSession", email: str) -> "list[tuple[UUID, str]]":
    """Return what waits for an account: its id, and what it is, where, and by whom it was given."""
    from services.providers.actions.confirming import in_detail
    from services.providers.store.pending_grants import pending_of_people
    from services.providers.store.people import person_by_contact

    person = await person_by_contact(session, email=email.lower(), phone=None)
    rows = await pending_of_people(session, [person.id]) if person else []
    found: list[tuple[UUID, str]] = []
    for row, shown in zip(rows, await in_detail(session, rows), strict=True):
        where = shown.organisation.best("en") if shown.organisation else f"region {row.region}"
        found.append((row.id, f"{row.given}, {where}, given by {shown.giver or row.given_by}"))
    return found


@add_account.command(name="client")
@click.argument("name")
@REGION
@click.option("--scope", "scopes", multiple=True, required=True, help="A scope; give the option once for each.")
def add_client(name: str, region: str, scopes: tuple[str, ...]) -> None:
    """Register an API client for a whole region, and show its secret once."""
    from services.providers.actions.clients import create_api_client
    from shared.schemas.people import ApiClientInput
    from shared.schemas.people.roles import Scope

    try:
        wanted = ApiClientInput.model_validate({"name": name, "region": region, "scopes": list(scopes)})
    except ValidationError:
        needed = "A name, a region code of two digits and scopes are needed"
        raise click.ClickException(f"{needed}; the scopes are {', '.join(get_args(Scope))}.") from None
    secrets: list[str] = []  # the action tells it once, and keeps only its hash
    client_id = in_registry(partial(create_api_client, wanted=wanted, show=secrets.append))
    click.echo(f"client_id:     {client_id}\nclient_secret: {secrets[0]}")
