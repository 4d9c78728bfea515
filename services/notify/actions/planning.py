"""From an event of another service to the outbox. Messages are planned on the channels that are in use."""

from collections.abc import Collection

from sqlalchemy.ext.asyncio import AsyncSession

from services.notify import store
from services.notify.actions.ending import end_message
from services.notify.domain import plans
from shared import revoked
from shared.schemas import events
from shared.schemas.common import CloudEvent


async def apply_booking(session: AsyncSession, event: CloudEvent, *, channels: Collection[str]) -> None:
    """Put the messages that a change of an appointment or of the waitlist asks for into the outbox, and drop those that
    it makes stale, or the links that somebody has lost. Other events are ignored."""
    match events.parse(event):
        case events.WaitlistOffered(offered_until=until) as offered if until is not None:
            planned = plans.plan_offer(event.id, event.time, until, channels)
            await store.add_to_outbox(session, planned, offered.id, region=offered.region)
            await _plan_for_former(session, event, offered, channels)
        case events.LostLinkAsked(id=asked):
            await store.add_to_outbox(session, plans.plan_lost_link(event.id, event.time, channels), asked)
        case events.WaitlistJoined() | events.WaitlistCorrected() as entry:
            planned = plans.plan_joined(event.id, event.time, channels)
            await store.add_to_outbox(session, planned, entry.id, region=entry.region)
            await _plan_for_former(session, event, entry, channels)
        case events.AppointmentVerificationAsked() as held:
            planned = plans.plan_verification(event.id, event.time, held.expires, channels)
            organisation = held.organisation_id
            await store.add_to_outbox(session, planned, held.id, organisation_id=organisation, region=held.region)
        case events.AppointmentCorrected() as corrected:
            await _plan_for_corrected(session, event, corrected, channels)
        case events.AppointmentConfirmationAsked() as asked:
            planned = plans.plan_again(event.id, asked.state, event.time, asked.start, channels)
            await store.add_to_outbox(
                session, planned, asked.id, organisation_id=asked.organisation_id, region=asked.region
            )
        case events.AppointmentEvent() as appointment:
            await _plan_for_appointment(session, event, appointment, event.type.rpartition(".")[2], channels)


async def _plan_for_appointment(
    session: AsyncSession,
    event: CloudEvent,
    appointment: events.AppointmentEvent,
    change: str,
    channels: Collection[str],
) -> None:
    # A booking is the first that is said of an appointment: nothing that is due can be older.
    if change != "booked":
        for due in await store.still_due(session, appointment.id):
            if plans.makes_stale(change, due.kind):
                await end_message(session, due, "dropped", f"{store.OVERTAKEN}{change}")
    planned = plans.plan(event.id, change, event.time, appointment.start, channels)
    organisation = appointment.organisation_id
    await store.add_to_outbox(session, planned, appointment.id, organisation_id=organisation, region=appointment.region)


async def _plan_for_former(
    session: AsyncSession, event: CloudEvent, entry: events.WaitlistEvent, channels: Collection[str]
) -> None:
    if entry.former is not None:
        planned = plans.plan_replaced(event.id, event.time, channels)
        await store.add_to_outbox(session, planned, entry.former, region=entry.region)


async def _plan_for_corrected(
    session: AsyncSession, event: CloudEvent, corrected: events.AppointmentCorrected, channels: Collection[str]
) -> None:
    """Whoever is reached in a new way is told again what holds, and so is who has a new key."""
    change = plans.TOLD_AGAIN.get(corrected.state)
    if change is not None and (corrected.contacts or corrected.replaced):
        await _plan_for_appointment(session, event, corrected, change, channels)
    if corrected.replaced:
        planned = plans.plan_replaced(event.id, event.time, channels)
        organisation = corrected.organisation_id
        former = corrected.former or corrected.id  # by the appointment: of the version before
        await store.add_to_outbox(session, planned, former, organisation_id=organisation, region=corrected.region)


async def apply_providers(session: AsyncSession, event: CloudEvent, *, channels: Collection[str]) -> None:
    """Put the code of a sign-in into the outbox, the warning of one that failed, or the news of a grant or a consent,
    and keep whose access was taken away. Other events are ignored."""
    match events.parse(event):
        case events.AccessRevoked() as change:
            await revoked.apply(session, change)
        case events.SignInRequested(id=sign_in):
            planned = plans.plan_sign_in(event.id, event.time, channels)
            await store.add_to_outbox(session, planned, sign_in)
        case events.SignInFailed(id=sign_in):
            planned = plans.plan_warning(event.id, event.time, channels)
            await store.add_to_outbox(session, planned, sign_in)
        case events.GrantNoticed(id=notice):
            planned = plans.plan_grant(event.id, event.time, channels)
            await store.add_to_outbox(session, planned, notice)
        case events.ConsentNoticed(id=notice):
            planned = plans.plan_consent(event.id, event.time, channels)
            await store.add_to_outbox(session, planned, notice)
