"""At which service points who has signed in receives people who come without a time."""

import uuid
from collections.abc import Mapping

from fastapi import Request

from services.web.access_token import own_organisation, own_point, own_tutor, region
from services.web.clients import booking, providers
from shared.schemas.common import LocalisedText


async def receives_at(request: Request, token: str) -> Mapping[uuid.UUID, LocalisedText]:
    """Return the service points by their ids: a desk's own, or those of its organisation; where a tutor has hours."""
    if point := own_point(token):
        return {point: (await providers(request).service_point(point)).name}
    if own_tutor(token):
        hours = await booking(request, token).availability()
        return {each.service_point_id: each.place.name for each in hours if each.service_point_id and each.place}
    if organisation := own_organisation(token):
        around = await providers(request).service_points(region=region(token))
        return {each.id: each.name for each in around if each.organisation_id == organisation}
    return {}
