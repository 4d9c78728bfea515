"""The accounts of staff, managers and coordinators, for those who give them."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Query

from services.providers import store
from services.providers.actions import people
from services.providers.models import Person
from shared.auth import Caller
from shared.db import Session
from shared.idempotency import Idempotent
from shared.schemas import people as wire

routes = APIRouter(tags=["people and tokens"])


@routes.get("/people", summary="The accounts within one's reach")
async def accounts(
    session: Session,
    caller: Caller,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    after: Annotated[uuid.UUID | None, Query(description="`next` of the page before")] = None,
) -> wire.People:
    """Those that hold some role which the caller could give, in order of id."""
    rows, following = await store.page(
        session, Person, Person.id, after=after, limit=limit, only=[people.reached(caller)]
    )
    return wire.People(items=await people.shown(session, rows), next=following)


@routes.post("/people", status_code=201, summary="Give somebody an account")
async def add_person(
    session: Session, caller: Caller, once: Idempotent, wanted: wire.PersonInput
) -> wire.PersonDetails:
    """With roles that lie within the caller's own reach. Tutors get theirs with `POST /tutors`."""
    made = await once(lambda: people.add_person(session, caller=caller, wanted=wanted))
    return (await people.shown(session, [await session.get_one(Person, made)]))[0]


@routes.put("/people/{id}", summary="Change somebody's roles, contacts or language")
async def replace_person(
    session: Session, caller: Caller, id: uuid.UUID, wanted: wire.PersonInput
) -> wire.PersonDetails:
    """New roles hold at once. Roles beyond the caller's reach must stay as they are, and then the contacts too."""
    await people.replace_person(session, caller=caller, person=id, wanted=wanted)
    return (await people.shown(session, [await session.get_one(Person, id)]))[0]


@routes.delete("/people/{id}", status_code=204, summary="Take somebody's account away")
async def remove_person(session: Session, caller: Caller, id: uuid.UUID) -> None:
    """They are signed out everywhere, and nothing of the account is kept."""
    await people.remove_person(session, caller=caller, person=id)
