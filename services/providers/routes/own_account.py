"""One's own account: who one is, one's data, where one is signed in, and leaving."""

import uuid

from fastapi import APIRouter

from services.providers import access
from services.providers.actions import departures, logins
from services.providers.actions.own_data import data_of_person
from services.providers.routes.dependencies import Booking, Transactions
from shared.auth import Caller
from shared.clock import Now
from shared.db import Session
from shared.problems import Unauthenticated
from shared.schemas import people as wire

routes = APIRouter(tags=["one's own account"])


@routes.get("/me", summary="Who am I?")
async def me(caller: Caller) -> wire.Me:
    if caller.region is None:
        raise Unauthenticated
    return wire.Me(id=caller.id, region=caller.region, roles=list(caller.roles), bound=caller.bound)


@routes.get("/me/data", summary="All that the registry holds of me")
async def my_data(session: Session, caller: Caller, now: Now) -> wire.MyData:
    """GDPR, article 15. What booking holds of a tutor's time is at `/api/booking/v1/me/data`."""
    return await data_of_person(session, access.person(caller), current=caller.login, now=now)


@routes.delete("/me", status_code=204, summary="Forget me")
async def forget_me(begin: Transactions, booking: Booking, caller: Caller) -> None:
    """GDPR, article 17. The account goes, and a tutor's name with it; how many visits there were stays. Refused, with
    the list, while the tutor has appointments to come."""
    await departures.forget_me(begin, booking, person=access.person(caller))


@routes.get("/logins", summary="Where I am signed in")
async def my_logins(session: Session, caller: Caller, now: Now) -> wire.Logins:
    items = await logins.list_logins(session, access.person(caller), current=caller.login, now=now)
    return wire.Logins(items=items)


@routes.delete("/logins/{id}", status_code=204, summary="Sign out there")
async def end_login(session: Session, caller: Caller, id: uuid.UUID) -> None:
    """At once: what was opened there is shut within seconds."""
    await logins.end_own_login(session, person=access.person(caller), login=id)
