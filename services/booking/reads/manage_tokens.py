"""Citizens' own keys as they are shown and recognised: a record keeps the key that it was given, whichever secret makes
new ones since."""

import uuid

from services.booking.domain import manage_tokens
from services.booking.domain.manage_tokens import manage_token
from services.booking.settings import Settings
from services.booking.store import key_generations
from services.booking.store.shown import ShownAppointment
from services.booking.store.waitlist import EntryRow
from shared.db import Connection
from shared.keys import hash_token
from shared.secrets import Secrets


def given_token(secrets: Secrets, record_id: uuid.UUID, token_hash: bytes | None, generation: int = 0) -> str:
    """Return the key that a record was given, whose hash is kept. Where none is, or its secret is accepted no more, the
    one that it would be given now."""
    tokens = [manage_token(secret, record_id, generation) for secret in secrets.accepted]
    return next((token for token in tokens if hash_token(token) == token_hash), tokens[0])


def appointment_url(settings: Settings, row: ShownAppointment) -> str:
    """Return the address of the page that a citizen's own key to an appointment opens."""
    return f"{settings.public_url}/a/{given_token(settings.secrets, row.id, row.token_hash, row.key_generation)}"


def entry_url(settings: Settings, row: EntryRow) -> str:
    """Likewise of a waitlist entry."""
    return f"{settings.public_url}/w/{given_token(settings.secrets, row.id, row.token_hash)}"


async def opens_appointment(
    connection: Connection, settings: Settings, token: str | None, appointment: uuid.UUID
) -> bool:
    """Whether a citizen's key is that of this appointment, and of its latest generation."""
    if token is None:
        return False
    generation = await key_generations.get(connection, appointment)
    return manage_tokens.opens(settings.secrets.accepted, token, appointment, generation)


def opens_entry(settings: Settings, token: str | None, entry: uuid.UUID) -> bool:
    """Whether a citizen's key is that of this waitlist entry."""
    return manage_tokens.opens(settings.secrets.accepted, token, entry)
