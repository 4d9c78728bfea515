"""At which numbers a desk calls who helps."""

import asyncio
import uuid
from collections.abc import Mapping, Sequence

from fastapi import Request

from services.web.access_token import roles
from services.web.clients import providers
from services.web.patience import answer_or_none
from shared.schemas.booking import Appointment


async def phones_of_tutors(request: Request, token: str, visits: Sequence[Appointment]) -> Mapping[uuid.UUID, str]:
    """Return the numbers of who helps in visits, by their ids, for staff; of whom the registry does not tell now,
    none."""
    if "staff" not in roles(token):
        return {}
    tutors = list({each.tutor_id for each in visits})
    found = await asyncio.gather(*(answer_or_none(providers(request, token).tutor_phone(each)) for each in tutors))
    return {tutor: each.phone for tutor, each in zip(tutors, found, strict=True) if each and each.phone}
