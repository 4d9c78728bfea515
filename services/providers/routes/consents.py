"""Which organisations' tutors may help at a service point."""

import uuid

from fastapi import APIRouter

from services.providers import access
from services.providers.actions import asking_for_consents as asking
from services.providers.actions import consents as actions
from services.providers.actions.consent_notices import consent_message
from services.providers.models import Consent, ServicePoint
from services.providers.routes.registry import AfterId, Limit
from services.providers.store.records import existing, page
from shared.auth import Caller
from shared.db import Session
from shared.http.paging import Linked
from shared.idempotency import Idempotent
from shared.schemas import providers as wire

routes = APIRouter(tags=["registry"])


@routes.get("/service-points/{id}/consents", summary="Which other organisations' tutors may help at a service point")
async def list_consents(
    session: Session, linked: Linked, caller: Caller, id: uuid.UUID, limit: Limit = 100, after: AfterId = None
) -> wire.Consents:
    """What they have asked, and what has been said to them, withdrawn consents among it. The point's own tutors need
    none."""
    caller.require("registry:write")
    await access.require_to_write(session, caller, await existing(session, ServicePoint, id))
    rows, following = await page(session, Consent, Consent.id, after=after, limit=limit, service_point_id=id)
    return linked(wire.Consents(items=[wire.Consent.model_validate(row) for row in rows], next=following))


@routes.post("/service-points/{id}/consents", status_code=201, summary="Ask for a consent to one's tutors")
async def ask(
    session: Session, caller: Caller, once: Idempotent, id: uuid.UUID, wanted: wire.ConsentRequest
) -> wire.Consent:
    """Whoever may give it is told, and so is who has asked, within 14 days. What is said already stays as it is."""
    made = await once(lambda: asking.ask_for_consent(session, caller=caller, point=id, tutor_id=wanted.tutor_id))
    return wire.Consent.model_validate(await existing(session, Consent, made))


@routes.put("/service-points/{id}/consents/{organisation}", summary="Allow an organisation's tutors at a service point")
async def allow(session: Session, caller: Caller, id: uuid.UUID, organisation: uuid.UUID) -> wire.Consent:
    """Once, for all their hours there."""
    made = await actions.say(session, caller=caller, point=id, organisation=organisation, status="allowed")
    return wire.Consent.model_validate(await existing(session, Consent, made))


@routes.delete(
    "/service-points/{id}/consents/{organisation}",
    status_code=204,
    summary="Withdraw the consent to an organisation's tutors at a service point",
)
async def withdraw(session: Session, caller: Caller, id: uuid.UUID, organisation: uuid.UUID) -> None:
    """Their hours there are not offered any more, and no new ones are taken. What is booked stands."""
    await actions.say(session, caller=caller, point=id, organisation=organisation, status="withdrawn")


@routes.get("/consent-notices/{id}/message", summary="What to tell of a consent", include_in_schema=False)
async def show_consent_message(session: Session, caller: Caller, id: uuid.UUID) -> wire.ConsentMessage:
    caller.require("recipients:read")
    return await consent_message(session, id)
