"""Lost links: asking for them, and opening what they lead to by the code of the message.

Whoever asks is answered alike, whether or not anything is booked: that is found out when the message is sent.
"""

import uuid

from services.booking.actions.context import Context, Done
from services.booking.domain.lost_links import MOST_TRIES, lost_link_code
from services.booking.problems import CodeOver, WrongCode
from services.booking.store import lost_links as store
from services.booking.store.lost_links import LostLinkRow
from shared import contacts
from shared.codes import is_typed
from shared.db import Connection, new_id
from shared.feed import emit
from shared.problems import field_problem
from shared.retention import LOST_LINK_KEPT
from shared.schemas import events


def asked_by(context: Context, contact: str) -> LostLinkRow:
    """Return what is kept of somebody who asks by this number or address. Raises InvalidInput for what is neither."""
    phone = contacts.phone(contact)
    email = None if phone else contacts.email(contact)
    if phone is None and email is None:
        raise field_problem("/contact", "reachable")
    return LostLinkRow(new_id(), phone, email, context.now + LOST_LINK_KEPT, opened=False)


async def ask(connection: Connection, *, asked: LostLinkRow) -> Done:
    """Have the links to what is to come sent to whoever is reached there."""
    await store.insert(connection, asked)
    await emit(connection, events.LostLinkAsked(id=asked.id), internal=True)
    return Done(asked.id)


async def count_try(connection: Connection, context: Context, lost_link_id: uuid.UUID) -> None:
    """Count that a code is typed, whoever does, before it is looked at. Raises CodeOver."""
    if not await store.count_try(connection, lost_link_id, context.now, MOST_TRIES):
        raise CodeOver


async def open_times(connection: Connection, context: Context, *, lost_link_id: uuid.UUID, code: str) -> Done:
    """Use the code of a message, once. Raises CodeOver, WrongCode."""
    asked = await store.lock(connection, lost_link_id, context.now)
    if asked is None or asked.opened:
        raise CodeOver
    right = [lost_link_code(secret, asked.id, asked.contact) for secret in context.secrets.accepted]
    if not is_typed(code, right):
        raise WrongCode
    await store.note_opened(connection, asked.id)
    return Done(asked.id)
