"""Citizens' own keys as they are shown and recognised: a record keeps the key that it was given, whichever secret makes
new ones since."""

import uuid

from services.booking.domain import manage_tokens
from services.booking.domain.manage_tokens import manage_token
from services.booking.settings import Settings
from shared.keys import hash_token
from shared.secrets import Secrets


def given_token(secrets: Secrets, record_id: uuid.UUID, token_hash: bytes | None) -> str:
    """Return the key that a record was given, whose hash is kept. Where none is, or its secret is accepted no more, the
    one that it would be given now."""
    tokens = [manage_token(secret, record_id) for secret in secrets.accepted]
    return next((token for token in tokens if hash_token(token) == token_hash), tokens[0])


def manage_url(settings: Settings, record_id: uuid.UUID, token_hash: bytes | None, page: str = "a") -> str:
    """Return the address of the page that a citizen's own key opens."""
    return f"{settings.public_url}/{page}/{given_token(settings.secrets, record_id, token_hash)}"


def is_key_to(settings: Settings, token: str | None, record_id: uuid.UUID) -> bool:
    """Whether a citizen's key is that of this record."""
    return manage_tokens.opens(settings.secrets.accepted, token, record_id)
