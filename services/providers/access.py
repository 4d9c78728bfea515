"""Who may write what in the registry: the finer half of the table in `shared.auth`."""

from uuid import UUID

from shared.auth import Principal
from shared.problems import Forbidden, NotFound, Problem


def may_write(caller: Principal, region: str, organisation_id: UUID | None = None) -> None:
    """Refuse whoever may not write a record of `region` that belongs to `organisation_id`."""
    caller.require("registry:write")
    caller.require_region(region)
    if caller.client_organisation not in {None, organisation_id}:
        raise Forbidden


def may_write_code_lists(caller: Principal) -> None:
    """Topics and municipalities are everybody's, so only a coordinator or a client without an organisation writes."""
    caller.require("registry:write")
    if caller.client_organisation is not None:
        raise Forbidden


def may_give_access(caller: Principal, region: str) -> None:
    """Accounts and API clients are a coordinator's to give: a client that could would widen its own scopes."""
    if caller.kind != "person":
        caller.require("registry:write")
        raise Forbidden
    may_write(caller, region)


def may_see(caller: Principal, region: str, organisation_id: UUID, *, public: bool) -> None:
    """What is not public yet, or no longer, is seen by those who may write it; for others it is not there."""
    if not public:
        try:
            may_write(caller, region, organisation_id)
        except Problem:
            raise NotFound from None
