"""A citizen's own key to an appointment or a waitlist entry."""

import base64
import hmac
from collections.abc import Sequence
from uuid import UUID


def manage_token(secret: str, record_id: UUID, generation: int = 0) -> str:
    """Return the key to a record, another one for each generation: 128 bits that only this service can make, in 22
    letters for an SMS."""
    named = record_id.bytes + (str(generation).encode() if generation else b"")
    digest = hmac.digest(secret.encode(), named, "sha256")
    return base64.urlsafe_b64encode(digest[:16]).decode().rstrip("=")


def opens(secrets: Sequence[str], token: str | None, record_id: UUID, generation: int = 0) -> bool:
    """Whether `token` is the key to a record, made with any of the secrets. Takes the same time for every wrong
    token."""
    return token is not None and any(
        hmac.compare_digest(token.encode(), manage_token(secret, record_id, generation).encode()) for secret in secrets
    )
