"""Whom to ask for a consent: the organisation of a service point at which hours were refused."""

import asyncio
from dataclasses import dataclass
from uuid import UUID

from fastapi import Request
from pydantic import BaseModel

from services.web.clients import providers
from services.web.patience import answer_or_none
from shared.schemas.common import LocalisedText, ProblemDocument


@dataclass(frozen=True)
class Host:
    """An organisation and its service point, and how either is reached."""

    service_point_id: UUID
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
    answered = await answer_or_none(
        asyncio.gather(registry.organisation(named.organisation_id), registry.service_point(named.service_point_id))
    )
    if answered is None:
        return None
    organisation, point = answered
    phone, email = organisation.phone or point.phone, organisation.email or point.email
    return Host(point.id, organisation.name, phone, email)
