"""Asking whether a tutor may have hours at a service point of another organisation."""

import uuid
from collections.abc import Iterable

from services.booking.domain.consents import is_allowed, is_guest
from services.booking.problems import ConsentNeeded
from services.booking.reads.slots import place_names
from services.booking.store import consents as store
from services.booking.store import copies
from services.booking.store.copies import KnownTutor
from shared.db import Connection


async def require_consent(connection: Connection, tutor: KnownTutor, places: Iterable[uuid.UUID | None]) -> None:
    """Raise ConsentNeeded when a tutor is to have new hours at a service point whose organisation has not allowed the
    tutor's there. What is found holds until the transaction ends."""
    for place in sorted({place for place in places if place is not None}):
        point = await copies.service_point(connection, place)
        if point is None or point.organisation_id is None or not is_guest(tutor.organisation_id, point.organisation_id):
            continue
        assumed = await store.lock_assumed(connection, place, tutor.organisation_id)
        said = await store.lock_said(connection, place, tutor.organisation_id)
        if not is_allowed(said=said, assumed=assumed):
            names = await place_names(connection, [place])
            raise ConsentNeeded(names[place].name, point=place, organisation=point.organisation_id)
