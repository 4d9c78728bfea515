"""Roles of accounts, and scopes of API clients."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import StringConstraints

from shared.schemas.common import Wire

RoleName = Literal["coordinator", "sub_coordinator", "manager", "staff", "tutor"]

Scope = Literal["registry:write", "availability:write", "appointments:read", "appointments:write", "events:read"]


class Role(Wire):
    """What a person may do, and where: a sub-regional coordinator in a `sub_region`, a manager in an organisation,
    staff in an organisation or at one of its service points. docs/roles.md has the table."""

    role: RoleName
    sub_region: Annotated[str, StringConstraints(pattern=r"^[0-9]{3}$", max_length=3)] | None = None
    organisation_id: UUID | None = None
    service_point_id: UUID | None = None
    tutor_id: UUID | None = None
