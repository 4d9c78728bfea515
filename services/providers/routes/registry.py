"""How the records of the registry are read and answered, whatever kind they are."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar

import sqlalchemy as sa
from fastapi import Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from services.providers import access, models
from services.providers.store.records import existing, page
from shared.auth import Principal
from shared.conditional import fresh, tag
from shared.schemas import providers as wire

Limit = Annotated[int, Query(ge=1, le=500)]
AfterId = Annotated[uuid.UUID | None, Query(description="`next` of the page before")]
AfterCode = Annotated[
    str | None, Query(description="`next` of the page before", max_length=50, pattern=r"^[a-z0-9-]{1,50}$")
]
OrganisationFilter = Annotated[uuid.UUID | None, Query(alias="organisation")]
Row = TypeVar("Row", models.Organisation, models.ServicePoint, models.Tutor, models.Offering)
Shape = TypeVar("Shape", wire.Organisation, wire.ServicePoint, wire.Tutor, wire.Offering)
Tagged = TypeVar(
    "Tagged",
    wire.Organisation,
    wire.ServicePoint,
    wire.Tutor,
    wire.TutorDetails,
    wire.TutorPhone,
    wire.Offering,
    wire.Topic,
    wire.Municipality,
)


def with_tag(response: Response, body: Tagged) -> Tagged:
    """Give an answer the ETag of its record's version; returns the body."""
    tag(response, body.version)
    return body


@dataclass(frozen=True)
class RecordKind(Generic[Row, Shape]):
    """A kind of record: its table, and its shape on the wire."""

    model: type[Row]
    shape: type[Shape]

    async def list(
        self,
        session: AsyncSession,
        key: InstrumentedAttribute[uuid.UUID],
        *,
        after: uuid.UUID | None,
        limit: int,
        only: Sequence[sa.ColumnElement[bool]] = (),
        **equal: object,
    ) -> tuple[list[Shape], str | None]:
        """Return a page of records, and the next `after`."""
        rows, following = await page(session, self.model, key, after=after, limit=limit, only=only, **equal)
        return [self.shape.model_validate(row) for row in rows], following

    async def show(self, request: Request, session: AsyncSession, caller: Principal, record: uuid.UUID) -> Response:
        """Answer a GET of one record that the caller may see; raises `NotFound`."""
        row = await existing(session, self.model, record)
        await access.require_to_see(session, caller, row)
        return fresh(request, self.shape.model_validate(row))

    async def written(self, session: AsyncSession, response: Response, record: uuid.UUID) -> Shape:
        """Return a record as it is after writing, with its version as the ETag."""
        return with_tag(response, self.shape.model_validate(await existing(session, self.model, record)))


ORGANISATIONS = RecordKind(models.Organisation, wire.Organisation)
SERVICE_POINTS = RecordKind(models.ServicePoint, wire.ServicePoint)
TUTORS = RecordKind(models.Tutor, wire.Tutor)
OFFERINGS = RecordKind(models.Offering, wire.Offering)
