"""The audit log."""

from uuid import UUID

from pydantic import AwareDatetime, Field

from shared.schemas.common import RegionCode, Wire


class AuditEntry(Wire):
    """Something that was done or seen. `caller` is `person:`, `client:` or `service:` with an id, `anonymous` for
    somebody without an account, `operator` for a command on the server. `record` is the id of what it was done to: of a
    citizen who was seen (`read`, `citizen`), the appointment; of a sign-in, the account."""

    id: UUID
    at: AwareDatetime
    caller: str
    address: str | None = Field(description="IP address")
    # Open, so that a reader of before does not stop at what was added since.
    action: str = Field(
        description="`insert`, `update`, `delete`; `read`; `sign-in`, `sign-in-refused`; `refused`; others may come",
        examples=["read"],
    )
    kind: str = Field(
        description="of what: a kind of record; how somebody signed in; the route that was refused",
        examples=["service_point"],
    )
    record: str
    region: RegionCode | None


class AuditLog(Wire):
    """A page of the audit log; `next` goes into `after` for the following one."""

    items: list[AuditEntry]
    next: str | None = None
