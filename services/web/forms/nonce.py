"""A form that is sent twice, by a double tap or a reload, acts once."""

import uuid

from pydantic import BaseModel


def new_nonce() -> str:
    """Return what a page puts into a form when it is drawn, so that each page shown is an intention of its own."""
    return str(uuid.uuid4())


def idempotency_key(nonce: str, wanted: BaseModel) -> str:
    """Return the Idempotency-Key of what a form asks: the same form sent again acts once."""
    # The body is part of it: another name written into the same form is another booking, not a reused key. Without a
    # nonce, who sends what somebody else has sent would be led to what that one booked, so it is a new intention.
    return str(uuid.uuid5(uuid.NAMESPACE_OID, (nonce or new_nonce()) + wanted.model_dump_json()))
