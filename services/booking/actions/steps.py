"""Steps of appointments: a transition of the table in `domain.states`, its line of history and its event."""

import datetime as dt
import uuid

from services.booking.actions.context import WORKER, Context
from services.booking.domain.states import CLOCK, State, Step, after
from services.booking.problems import WrongState
from services.booking.store import appointments as store
from services.booking.store.appointments import AppointmentRow, HistoryLine
from shared.db import Connection
from shared.feed import emit
from shared.schemas import events


def actor_of(context: Context) -> str:
    """Return as whom somebody books or holds, as histories name it."""
    return {"anonymous": "citizen", "client": "client", "service": CLOCK}.get(context.caller.kind, "staff")


async def take_step(
    connection: Connection,
    context: Context,
    row: AppointmentRow,
    step: Step,
    *,
    actor: str,
    reason: str | None = None,
    expires: dt.datetime | None = None,
) -> AppointmentRow:
    """Take a step, and write it into the history; return the appointment as it is then. Raises WrongState when the
    table of transitions has no such step. `expires` is until when the appointment is held, if it still is."""
    following = following_state(row, step)
    await store.record(connection, line(context, row, step, following, actor=actor, reason=reason))
    return await store.set_state(connection, row.id, following, expires)


async def let_go_of_time(
    connection: Connection, context: Context, row: AppointmentRow, step: Step, *, actor: str
) -> AppointmentRow:
    """Begin a step to another time: as `take_step`, but on the way the appointment has none, which the database allows
    only to one that is displaced."""
    await store.record(connection, line(context, row, step, following_state(row, step), actor=actor))
    return await store.set_state(connection, row.id, "displaced", None)


def following_state(row: AppointmentRow, step: Step) -> State:
    """Return the state after a step; raises WrongState when it is not possible."""
    following = after(row.state, step)
    if following is None:
        raise WrongState
    return following


def line(
    context: Context,
    row: AppointmentRow,
    step: str,
    following: State,
    *,
    actor: str,
    reason: str | None = None,
    first: bool = False,
) -> HistoryLine:
    """Return a line of the history; `first` when the appointment was not there before."""
    return HistoryLine(
        appointment_id=row.id,
        at=context.now,
        step=step,
        from_state=None if first else row.state,
        to_state=following,
        actor=actor,
        caller=context.named,
        reason=reason,
        minutes_before=int((row.starts - context.now).total_seconds() // 60),
    )


async def emit_appointment(
    connection: Connection,
    event: type[events.AppointmentEvent],
    row: AppointmentRow,
    *,
    by: str | None = None,
    **more: int | uuid.UUID,
) -> None:
    """Emit an event about an appointment: ids and times, nothing of the citizen. `by` is who made the change; `more`
    are the fields that this kind of event has of its own."""
    written = event.model_validate(
        {
            "id": row.id,
            "state": row.state,
            "sequence": row.sequence,
            "start": row.starts,
            "end": row.ends,
            "channel": row.channel,
            "topic": row.topic,
            "region": row.region,
            "tutor_id": row.tutor_id,
            "offering_id": row.offering_id,
            "organisation_id": row.organisation_id,
            "service_point_id": row.service_point_id,
            "result": row.result,
            "manages_alone": row.manages_alone,
            "minutes_helped": row.minutes_helped,
            "device": row.device,
            "by": by,
            "expires": row.expires,
            **more,
        }
    )
    await emit(connection, written, organisation_id=row.organisation_id, region=row.region)


async def record_lapses(connection: Connection, now: dt.datetime, lapsed: list[AppointmentRow]) -> None:
    """Write the history and the events of holds that have run out."""
    for row in lapsed:
        minutes = int((row.starts - now).total_seconds() // 60)
        lapse = HistoryLine(row.id, now, "lapse", "held", "lapsed", CLOCK, WORKER.named, None, minutes)
        await store.record(connection, lapse)
        await emit_appointment(connection, events.AppointmentLapsed, row, by=CLOCK)
