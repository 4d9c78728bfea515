"""Consents that nobody has given: what booking tells the registry of them."""

from uuid import UUID

from shared.schemas.common import Wire


class AssumedConsent(Wire):
    """An organisation whose tutors had hours at another's service point when consents began."""

    service_point_id: UUID
    organisation_id: UUID


class AssumedConsents(Wire):
    items: list[AssumedConsent]
