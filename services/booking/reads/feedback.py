"""Feedback as its citizen and the organisation see it."""

import uuid
from dataclasses import replace
from zoneinfo import ZoneInfo

from services.booking import access
from services.booking.access import Today
from services.booking.reads.cursors import cursor, read_cursor
from services.booking.reads.manage_tokens import opens_appointment
from services.booking.reads.shown import find
from services.booking.settings import Settings
from services.booking.store import feedback as store
from services.booking.store.feedback import FeedbackRow
from shared.auth import Principal
from shared.db import Connection
from shared.problems import NotFound
from shared.roles import Action
from shared.schemas import booking as wire

ANSWERED_BY: tuple[Action, ...] = ("citizens:read", "appointments:write")


async def of_visit(connection: Connection, appointment_id: uuid.UUID, zone: str) -> wire.Feedback:
    """Return what was said of a visit. Raises NotFound when nothing was."""
    found = await said_of(connection, appointment_id, zone)
    if found is None:
        raise NotFound
    return found


async def said_of(connection: Connection, appointment_id: uuid.UUID, zone: str) -> wire.Feedback | None:
    """Return what was said of a visit; None when nothing was."""
    row = await store.of_one(connection, appointment_id)
    return _as_shown(row, zone) if row else None


def _as_shown(row: FeedbackRow, zone: str) -> wire.Feedback:
    place = ZoneInfo(zone)
    names = wire.Feedback.model_fields.keys() - {"start", "given_at", "answered_at"}
    return wire.Feedback.model_validate(
        {
            **{name: getattr(row, name) for name in names},
            "start": row.starts.astimezone(place),
            "given_at": row.given_at.astimezone(place),
            "answered_at": row.answered_at.astimezone(place) if row.answered_at else None,
        }
    )


async def newest(connection: Connection, caller: Principal, wanted: wire.FeedbackList, zone: str) -> wire.Feedbacks:
    """Return a page of what was said of the visits whose citizens the caller may see. Raises as `seen_by` does."""
    found = await store.newest(
        connection,
        access.seen_by(caller, "citizens:read"),
        answered=wanted.answered,
        after=read_cursor(wanted.after),
        limit=wanted.limit + 1,
    )
    rows = found[: wanted.limit]
    following = cursor(rows[-1].appointment_id, rows[-1].given_at) if len(found) > wanted.limit else None
    return wire.Feedbacks(items=[_as_shown(_in_list(row), zone) for row in rows], next=following)


def _in_list(row: FeedbackRow) -> FeedbackRow:
    """Return a row as a list may have it, which may be printed: nothing that somebody wrote whose details may not be
    disclosed."""
    return replace(row, words=None, answer=None) if row.non_disclosure else row


async def require_reader(
    connection: Connection,
    appointment_id: uuid.UUID,
    caller: Principal,
    token: str | None,
    settings: Settings,
    today: Today,
) -> None:
    """Raise Unauthenticated, Forbidden or NotFound for who is neither the visit's citizen, by their key, nor may see
    who came."""
    if not await opens_appointment(connection, settings, token, appointment_id):
        await require_side(connection, appointment_id, caller, today, "citizens:read")


async def require_side(
    connection: Connection, appointment_id: uuid.UUID, caller: Principal, today: Today, *actions: Action
) -> None:
    """Raise likewise for who may not do `actions` to a visit by a role or scope; that somebody booked it is not
    enough: what is said is said to who helped."""
    for action in actions:
        caller.require(action)
    access.require_side(caller, await find(connection, appointment_id), today, *actions)
