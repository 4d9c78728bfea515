"""The accounts of staff, managers and coordinators, for those who give them."""

import uuid

from fastapi import APIRouter

from services.providers.actions import people
from services.providers.models import Person
from services.providers.routes.registry import AfterId, Limit
from services.providers.store.people import coordinators_in
from services.providers.store.records import page
from shared.auth import Caller
from shared.db import Session
from shared.http.paging import Linked
from shared.idempotency import Idempotent
from shared.schemas import people as wire

routes = APIRouter(tags=["people and tokens"])


@routes.get("/people", summary="The accounts within one's reach")
async def list_people(
    session: Session, linked: Linked, caller: Caller, limit: Limit = 100, after: AfterId = None
) -> wire.People:
    """Those that hold some role which the caller could give, in order of id."""
    reached = people.within_reach(caller)
    rows, following = await page(session, Person, Person.id, after=after, limit=limit, only=[reached])
    return linked(wire.People(items=await people.with_roles(session, rows), next=following))


@routes.get("/regions/{region}/coordinators", summary="Who coordinates a region", include_in_schema=False)
async def coordinators(session: Session, caller: Caller, region: str) -> wire.Coordinators:
    caller.require("recipients:read")
    found = await coordinators_in(session, region)
    return wire.Coordinators(items=[wire.Coordinator.model_validate(each) for each in found])


@routes.post("/people", status_code=201, summary="Give somebody an account")
async def add_person(
    session: Session, caller: Caller, once: Idempotent, wanted: wire.PersonInput
) -> wire.PersonDetails:
    """With roles that lie within the caller's own reach. Tutors get theirs with `POST /tutors`."""
    made = await once(lambda: people.add_person(session, caller=caller, wanted=wanted))
    return (await people.with_roles(session, [await session.get_one(Person, made)]))[0]


@routes.put("/people/{id}", summary="Change somebody's roles, contacts or language")
async def replace_person(
    session: Session, caller: Caller, id: uuid.UUID, wanted: wire.PersonInput
) -> wire.PersonDetails:
    """New roles hold at once. Roles beyond the caller's reach must stay as they are, and then the contacts too."""
    await people.replace_person(session, caller=caller, person=id, wanted=wanted)
    return (await people.with_roles(session, [await session.get_one(Person, id)]))[0]


@routes.delete("/people/{id}/ways-in", status_code=204, summary="End somebody's ways in")
async def end_ways_in(session: Session, caller: Caller, id: uuid.UUID) -> None:
    """For who has lost their passkeys: these, their logins and their accounts at identity providers open nothing any
    more, and with the next code they make a new passkey."""
    await people.end_others_ways_in(session, caller=caller, person=id)


@routes.delete("/people/{id}", status_code=204, summary="Take somebody's account away")
async def remove_person(session: Session, caller: Caller, id: uuid.UUID) -> None:
    """They are signed out everywhere, and nothing of the account is kept."""
    await people.remove_person(session, caller=caller, person=id)
