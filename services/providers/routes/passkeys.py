"""One's own passkeys."""

import uuid

from fastapi import APIRouter

from services.providers import access
from services.providers.actions import passkeys
from services.providers.actions.challenges import add_challenge
from services.providers.models import Passkey
from services.providers.routes.dependencies import ThisSite
from shared.auth import Caller
from shared.clock import Now
from shared.db import Session
from shared.idempotency import Idempotent
from shared.schemas import people as wire

routes = APIRouter(tags=["one's own account"])
# `{id:uuid}` below: "challenges" and "sign-ins" are no ids, so that their addresses have their own methods alone.


@routes.get("/passkeys", summary="My passkeys")
async def my_passkeys(session: Session, caller: Caller) -> wire.Passkeys:
    rows = await passkeys.passkeys_of(session, access.person(caller))
    return wire.Passkeys(items=[wire.Passkey.model_validate(row) for row in rows])


@routes.post("/passkeys/challenges", status_code=201, summary="Ask for a challenge, to add a passkey")
async def ask_to_add(
    session: Session, caller: Caller, once: Idempotent, site: ThisSite, now: Now
) -> wire.PasskeyChallenge:
    """A login that is `bound` may ask for it while its account has no other way in than codes."""
    person = (await passkeys.existing_account(session, access.person_with_code(caller))).id
    if caller.bound:
        await passkeys.require_first(session, person)
    asked = await once(lambda: add_challenge(session, person=person, now=now))
    return await passkeys.creation_options(session, asked=asked, person=person, site=site)


@routes.post("/passkeys", status_code=201, summary="Add a passkey")
async def add_passkey(
    session: Session, caller: Caller, once: Idempotent, site: ThisSite, now: Now, wanted: wire.PasskeyInput
) -> wire.Passkey:
    person = access.person_with_code(caller)
    made = await once(
        lambda: passkeys.keep_passkey(session, person=person, bound=caller.bound, site=site, wanted=wanted, now=now)
    )
    return wire.Passkey.model_validate(await session.get_one(Passkey, made))


@routes.delete("/passkeys/{id:uuid}", status_code=204, summary="Remove a passkey")
async def remove_passkey(session: Session, caller: Caller, id: uuid.UUID) -> None:
    await passkeys.delete_passkey(session, person=access.person(caller), passkey=id)
