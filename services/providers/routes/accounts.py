"""One's own account: where one is signed in, passkeys, one's data, and leaving."""

import uuid

from fastapi import APIRouter

from services.providers import access
from services.providers.actions import leaving, own_data, passkeys, sign_in
from services.providers.models import Passkey
from services.providers.routes.common import Booking, ThisSite
from shared.auth import Caller
from shared.clock import Now
from shared.db import Session
from shared.idempotency import Idempotent
from shared.problems import Unauthenticated
from shared.schemas import people as wire

routes = APIRouter(tags=["one's own account"])


@routes.get("/me", summary="Who am I?")
async def me(caller: Caller) -> wire.Me:
    if caller.region is None:
        raise Unauthenticated
    return wire.Me(id=caller.id, region=caller.region, roles=list(caller.roles))


@routes.get("/me/data", summary="All that the registry holds of me")
async def my_data(session: Session, caller: Caller, now: Now) -> wire.MyData:
    """GDPR, article 15. What booking holds of a tutor's time is at `/api/booking/v1/me/data`."""
    return await own_data.data_of(session, access.person(caller), current=caller.session, now=now)


@routes.delete("/me", status_code=204, summary="Forget me")
async def forget_me(session: Session, booking: Booking, caller: Caller) -> None:
    """GDPR, article 17. The account goes, and a tutor's name with it; how many visits there were stays. Refused, with
    the list, while the tutor has appointments to come."""
    await leaving.forget_me(session, booking, person=access.person(caller))


@routes.get("/sessions", summary="Where I am signed in")
async def sessions(session: Session, caller: Caller, now: Now) -> wire.Sessions:
    return wire.Sessions(items=await sign_in.sessions(session, access.person(caller), current=caller.session, now=now))


@routes.delete("/sessions/{id}", status_code=204, summary="Sign out there")
async def end_session(session: Session, caller: Caller, id: uuid.UUID) -> None:
    """At once: what was opened there is shut within seconds."""
    await sign_in.end_session(session, person=access.person(caller), ended=id)


@routes.get("/passkeys", summary="My passkeys")
async def my_passkeys(session: Session, caller: Caller) -> wire.Passkeys:
    rows = await passkeys.of_person(session, access.person(caller))
    return wire.Passkeys(items=[wire.Passkey.model_validate(row) for row in rows])


@routes.post("/passkeys/challenges", status_code=201, summary="Ask for a challenge, to add a passkey")
async def ask_to_add(session: Session, caller: Caller, site: ThisSite, now: Now) -> wire.PasskeyChallenge:
    return await passkeys.ask_to_add(session, person=access.person(caller), site=site, now=now)


@routes.post("/passkeys", status_code=201, summary="Add a passkey")
async def add_passkey(
    session: Session, caller: Caller, once: Idempotent, site: ThisSite, now: Now, wanted: wire.PasskeyInput
) -> wire.Passkey:
    person = access.person(caller)
    made = await once(lambda: passkeys.add(session, person=person, site=site, wanted=wanted, now=now))
    return wire.Passkey.model_validate(await session.get_one(Passkey, made))


@routes.delete("/passkeys/{id}", status_code=204, summary="Remove a passkey")
async def remove_passkey(session: Session, caller: Caller, id: uuid.UUID) -> None:
    await passkeys.remove(session, person=access.person(caller), passkey=id)
