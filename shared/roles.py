"""Who may do what: the one table, which every service asks and docs/roles.md shows.

A role allows an action within a reach: the region, a sub-region, an organisation, a service point, or what is one's
own. A record says whose it is; an action is allowed when somebody's reach covers the record.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from shared.schemas.people import RoleName, Scope

Reach = Literal["region", "sub-region", "organisation", "service point", "own"]
Action = Literal[
    "code-lists:write",
    "organisations:approve",
    "registry:write",
    "hours:write",
    "tutor-phones:read",
    "tutor-phones:write",
    "reconciliation:read",
    "access:give",
    "api-clients:manage",
    "audit:read",
    "availability:write",
    "closings:write",
    "illness:write",
    "walk-ins:read",
    "walk-ins:write",
    "appointments:read",
    "citizens:read",
    "appointments:write",
    "events:read",
    "recipients:read",
    "to-come:read",
    "assumed-consents:read",
]
Service = Literal["providers", "booking", "notify"]

COORDINATOR: Mapping[RoleName, Reach] = {"coordinator": "region"}
COORDINATORS: Mapping[RoleName, Reach] = {**COORDINATOR, "sub_coordinator": "sub-region"}
MANAGERS: Mapping[RoleName, Reach] = {**COORDINATORS, "manager": "organisation"}
DESKS: Mapping[RoleName, Reach] = {**MANAGERS, "staff": "service point"}
STAFF_AND_TUTORS: Mapping[RoleName, Reach] = {"staff": "service point", "tutor": "own"}


@dataclass(frozen=True)
class Permission:
    """Who may do one thing, and how far each one's reach goes."""

    what: str
    roles: Mapping[RoleName, Reach] = field(default_factory=dict)
    scope: Scope | None = None
    """The scope by which an API client may: in its organisation, or in its region when it has none."""
    clients: Literal["any", "of a region", "of an organisation"] = "any"
    """Which API clients. One that acts for a region sees, of appointments, only those that it has booked itself."""
    services: frozenset[Service] = frozenset()


TABLE: Mapping[Action, Permission] = {
    "code-lists:write": Permission(
        "change topics, rename municipalities", COORDINATOR, "registry:write", "of a region"
    ),
    "organisations:approve": Permission(
        "add organisations, see and approve those that have registered themselves",
        COORDINATORS,
        "registry:write",
        "of a region",
    ),
    "registry:write": Permission(
        "write organisations, service points, tutors and offerings; see drafts and tutors' details",
        MANAGERS,
        "registry:write",
    ),
    "hours:write": Permission("say a service point's hours on some dates", DESKS, "registry:write"),
    "tutor-phones:read": Permission(
        "see the number at which a tutor is called",
        {**MANAGERS, "staff": "organisation", "tutor": "own"},
        "registry:write",
    ),
    "tutor-phones:write": Permission(
        "change the number at which a tutor is called", {**MANAGERS, "tutor": "own"}, "registry:write"
    ),
    "reconciliation:read": Permission("see where the registry and its sources disagree", MANAGERS, "registry:write"),
    "access:give": Permission(
        "give, change and take away accounts and roles, none wider than one's own reach", MANAGERS
    ),
    "api-clients:manage": Permission("register, renew and revoke API clients", MANAGERS),
    "audit:read": Permission("read the audit log", COORDINATOR),
    "availability:write": Permission(
        "see and change a tutor's hours, absences and calendars",
        {"manager": "organisation", "tutor": "own"},
        "availability:write",
    ),
    "closings:write": Permission("shut a service point for a while", DESKS, "availability:write"),
    "illness:write": Permission(
        "say that a tutor has fallen ill, and have their day handed over",
        {"manager": "organisation", "staff": "service point"},
        "availability:write",
    ),
    "walk-ins:read": Permission(
        "see how many came without a time", {**MANAGERS, **STAFF_AND_TUTORS}, "appointments:read"
    ),
    "walk-ins:write": Permission(
        "note who comes without a time, and call the next in the queue",
        {"manager": "organisation", **STAFF_AND_TUTORS},
        "appointments:write",
    ),
    "appointments:read": Permission(
        "see when and where help is given, without the citizen",
        {**MANAGERS, **STAFF_AND_TUTORS},
        "appointments:read",
        "of an organisation",
    ),
    "citizens:read": Permission(
        "see who comes, and what they wrote", STAFF_AND_TUTORS, "appointments:read", "of an organisation"
    ),
    "appointments:write": Permission(
        "cancel, move and hand over appointments, say how they ended", STAFF_AND_TUTORS, "appointments:write"
    ),
    "events:read": Permission(
        "follow the feeds", COORDINATOR, "events:read", services=frozenset({"booking", "notify"})
    ),
    "recipients:read": Permission("ask whom a message is for", services=frozenset({"notify"})),
    "to-come:read": Permission("ask which appointments are to come", services=frozenset({"providers"})),
    "assumed-consents:read": Permission(
        "ask whose hours stood at others' service points before consents", services=frozenset({"providers"})
    ),
}


@dataclass(frozen=True)
class Whose:
    """Where a record belongs. What belongs to no region is the whole country's."""

    region: str | None = None
    municipality: str | None = None
    organisation: UUID | None = None
    service_point: UUID | None = None
    tutor: UUID | None = None


@dataclass(frozen=True)
class Within:
    """How far somebody reaches; None does not narrow it."""

    region: str | None = None
    municipalities: frozenset[str] | None = None
    organisation: UUID | None = None
    service_point: UUID | None = None
    tutor: UUID | None = None

    def covers(self, whose: Whose) -> bool:
        """Whether a record lies within."""
        return (
            (whose.region is None or self.region in {None, whose.region})
            and (self.municipalities is None or whose.municipality in self.municipalities)
            and self.organisation in {None, whose.organisation}
            and self.service_point in {None, whose.service_point}
            and self.tutor in {None, whose.tutor}
        )


def as_markdown() -> str:
    """Return the table for docs/roles.md."""
    columns: dict[RoleName, str] = {
        "coordinator": "region coordinator",
        "sub_coordinator": "sub-regional coordinator",
        "manager": "organisation manager",
        "staff": "service-point staff",
        "tutor": "tutor",
    }
    headings = [f"{called} (`{role}`)" for role, called in columns.items()]
    lines = ["| may | " + " | ".join(headings) + " | API client with |", "| --- " * 7 + "|"]
    for permission in TABLE.values():
        if permission.roles or permission.scope:
            reaches = [permission.roles.get(role, "–") for role in columns]
            only = "" if permission.clients == "any" else f", {permission.clients}"
            client = f"`{permission.scope}`{only}" if permission.scope else "–"
            lines.append(f"| {permission.what} | " + " | ".join(reaches) + f" | {client} |")
    return "\n".join(lines)
