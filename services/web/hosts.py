"""Whom to ask for a consent: the organisation of a service point at which hours were refused."""

from dataclasses import dataclass
from uuid import UUID

from fastapi import Request
from pydantic import BaseModel

from services.web.clients import providers
from shared.clients import Refused
from shared.problems import Unavailable
from shared.schemas.common import LocalisedText, ProblemDocument


@dataclass(frozen=True)
class Host:
    """An organisation, and how it or its service point is reached."""

    name: LocalisedText
    phone: str | None
    email: str | None


class _Named(BaseModel):
    """The problem's own members (RFC 9457 section 3.2)."""

    service_point_id: UUID
    organisation_id: UUID


async def host_of(request: Request, problem: ProblemDocument) -> Host | None:
    """Return whom to ask for the consent that a problem says is needed; None while the registry does not tell."""
    named, registry = _Named.model_validate(problem.model_extra), providers(request)
    try:
        organisation = await registry.organisation(named.organisation_id)
        point = await registry.service_point(named.service_point_id)
    except (Refused, Unavailable):
        return None
    return Host(organisation.name, organisation.phone or point.phone, organisation.email or point.email)
