"""Whom to write to about an appointment, and what a message says of it."""

import uuid

from services.booking import access
from services.booking.domain.verification import verification_code
from services.booking.reads.manage_tokens import appointment_url
from services.booking.reads.shown import as_shown, citizen_shown, find
from services.booking.settings import Settings
from services.booking.store import farewells, former_contacts
from services.booking.store.farewells import Farewell
from services.booking.store.shown import ShownAppointment
from shared.db import Connection
from shared.problems import NotFound
from shared.schemas import booking as wire


async def recipient(connection: Connection, appointment_id: uuid.UUID, settings: Settings) -> wire.Recipient:
    """Return whom to write to about an appointment, and what it is now. Raises NotFound, also when they are erased and
    need not be told of it."""
    row = await find(connection, appointment_id)
    citizen = citizen_shown(row) or await farewells.get(connection, appointment_id)
    if citizen is None:
        raise NotFound
    seen = as_shown(row, access.CITIZEN, settings)
    return wire.Recipient.model_validate(
        {
            **about(seen, settings, non_disclosure=citizen.non_disclosure),
            "appointment_id": row.id,
            "manage_url": appointment_url(settings, row),
            "expires": seen.expires,
            "code": _code(settings, row) if row.state == "held" else None,
            "language": citizen.language,
            "phone": citizen.phone,
            "email": citizen.email,
            "erased": isinstance(citizen, Farewell),
        }
    )


async def former_recipient(connection: Connection, former_id: uuid.UUID) -> wire.FormerRecipient:
    """Return how somebody was reached until that was replaced, by the id of their former contact. Raises NotFound when
    that is forgotten."""
    former = await former_contacts.get(connection, former_id)
    if former is None:
        raise NotFound
    return wire.FormerRecipient.model_validate(vars(former))


def _code(settings: Settings, row: ShownAppointment) -> str:
    return verification_code(settings.secrets.current, row.id, row.phone, row.email)


def about(seen: wire.Appointment, settings: Settings, *, non_disclosure: bool) -> dict[str, object]:
    """Return what a message says of an appointment. Of one that may not be disclosed, what says whether it is still
    worth sending; nothing of the tutor and the place."""
    facts: dict[str, object] = {
        "state": seen.state,
        "sequence": seen.sequence,
        "start": seen.start,
        "end": seen.end,
        "zone": settings.zone,
        "channel": seen.channel,
        "non_disclosure": non_disclosure,
    }
    if non_disclosure:
        return facts | {"tutor_name": "", "place": None, "bring": None, "code_word": ""}
    return facts | {
        "tutor_name": seen.tutor_name,
        "place": seen.place,
        "bring": seen.bring,
        "code_word": seen.code_word or "",
    }
