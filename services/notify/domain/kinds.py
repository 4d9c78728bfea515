"""The kinds of messages, and how they end."""

from typing import Literal

Kind = Literal[
    "verification",
    "confirmation",
    "moved",
    "reassigned",
    "displaced",
    "cancelled",
    "replaced",
    "reminder",
    "joined",
    "offered",
    "lost_link",
    "sign_in",
    "sign_in_warning",
    "budget",
    "region_budget",
    "grant",
    "consent",
]
# Who signs in, who tries to, who is given what and who asks for what, is nobody else's business.
OF_ACCOUNTS: frozenset[Kind] = frozenset({"sign_in", "sign_in_warning", "grant", "consent"})
# What is for the operator and the coordinators is in no feed either, nor whether a lost link was there to be sent.
INTERNAL: frozenset[Kind] = OF_ACCOUNTS | {"budget", "region_budget", "lost_link"}
Closed = Literal["sent", "dropped", "failed"]
