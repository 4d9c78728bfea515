"""The municipalities' own organisations, which answer for the service points of their lists."""

import uuid

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.providers.actions.organisations import emit_organisation
from services.providers.models import Municipality, Organisation

MUNICIPALITY_SOURCE = "municipality"


class MunicipalOrganisations:
    """Those that there are, and those that an import adds."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._found: dict[str, Organisation] = {}

    async def load(self) -> None:
        """Read those that there are."""
        known = sa.select(Organisation).where(Organisation.source == MUNICIPALITY_SOURCE)
        self._found = {each.municipality: each for each in await self._session.scalars(known)}

    def includes(self, organisation_id: uuid.UUID) -> bool:
        """Return whether an organisation is a municipality's own."""
        return any(each.id == organisation_id for each in self._found.values())

    async def of(self, code: str) -> Organisation:
        """Return the organisation of the municipality with this code, added if there is none."""
        if code not in self._found:
            self._found[code] = await self._add(await self._session.get_one(Municipality, code))
        return self._found[code]

    async def _add(self, municipality: Municipality) -> Organisation:
        organisation = Organisation(
            region=municipality.region,
            name=municipality.name,
            kind="municipality",
            municipality=municipality.code,
            status="active",
            source=MUNICIPALITY_SOURCE,
            source_id=municipality.code,
        )
        self._session.add(organisation)
        await self._session.flush()
        await self._session.refresh(organisation)
        await emit_organisation(self._session, organisation)
        return organisation
