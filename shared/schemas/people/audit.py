"""The audit log."""

from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from shared.schemas.common import RegionCode, Wire


class AuditEntry(Wire):
    """Something that was done in the registry. `caller` is `person:`, `client:` or `service:` with an id, `anonymous`
    for somebody without an account, `operator` for a command on the server."""

    id: UUID
    at: AwareDatetime
    caller: str
    address: str | None = Field(description="IP address")
    action: Literal["insert", "update", "delete"]
    kind: str = Field(examples=["service_point"])
    record: str
    region: RegionCode | None


class AuditLog(Wire):
    """A page of the audit log; `next` goes into `after` for the following one."""

    items: list[AuditEntry]
    next: str | None = None
