"""How long what is kept of a person is kept: the one table, to which the services' jobs keep, and which people read on
the page of privacy and in docs/operating.md. Which table of a database holds what is in each service's own rules."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)

# Of an organisation that has not said otherwise.
VISIT_KEPT = 90 * DAY
# A home address is needed by nobody after the visit; the day is for a tutor who writes up late.
ADDRESS_KEPT = DAY
# As long as somebody may still ask about it, or be told of it once more.
CANCELLED_KEPT = 7 * DAY
# Of those who may not be disclosed: all of it goes before everybody else's.
NON_DISCLOSURE_KEPT = DAY
# So that who was erased before their visit hears of it: longer than `notify` tries, which sends within seconds when all
# is well. Whether or not it was sent, they are gone then.
FAREWELL_KEPT = 2 * HOUR
# As long as its code is good: time to go to the library's computer, and to find the glasses.
LOST_LINK_KEPT = dt.timedelta(minutes=30)
# The longest window in which something is counted, and one more.
COUNTS_KEPT = 2 * DAY
KEYS_KEPT = DAY
# As long as an address is somebody's own: guesses from elsewhere are told from it (`sign_in_codes`).
SIGN_INS_KEPT = 90 * DAY
ATTEMPTS_KEPT = DAY
LOGINS_KEPT = DAY
# Whoever is to confirm a role, or to give a consent, may be on holiday; a longer wait is a no.
GRANTS_KEPT = 14 * DAY
# Longer than an access token lives, so that none outlives its end.
REVOKED_KEPT = dt.timedelta(minutes=20)
# Whoever misuses an account is asked about within months; after that the entry says enough without it.
AUDIT_ADDRESSES_KEPT = 90 * DAY
# More than a year, so that a whole year can be counted. To whom and what was never kept.
MESSAGES_KEPT = 400 * DAY
# Longer than any backup is kept, which would bring back whom it still has.
TOMBSTONES_KEPT = 400 * DAY


@dataclass(frozen=True)
class Period:
    """How long something is kept, and what that is counted from; without a length, until something happens."""

    length: dt.timedelta | None
    counted: str

    @property
    def in_words(self) -> str:
        """As docs/operating.md says it."""
        return self.counted if self.length is None else f"{_in_words(self.length)} {self.counted}"


def _in_words(length: dt.timedelta) -> str:
    for unit, name in ((DAY, "day"), (HOUR, "hour"), (dt.timedelta(minutes=1), "minute")):
        if length % unit == dt.timedelta(0):
            number = length // unit
            return f"{number} {name}{'' if number == 1 else 's'}"
    raise AssertionError("periods are of whole minutes")


PERIODS: Mapping[str, Period] = {
    "visit": Period(VISIT_KEPT, "after the visit, or as long as its organisation says"),
    "address": Period(ADDRESS_KEPT, "after the visit: the home address"),
    "non_disclosure": Period(NON_DISCLOSURE_KEPT, "after the visit, or after it was cancelled, with non-disclosure"),
    "cancelled": Period(CANCELLED_KEPT, "after it was cancelled"),
    "farewell": Period(FAREWELL_KEPT, "after the citizen of a visit to come was erased: contacts alone"),
    "former_contact": Period(FAREWELL_KEPT, "after a citizen's contact was replaced: that contact alone"),
    "lost_link": Period(LOST_LINK_KEPT, "after a lost link was asked for: the number or address alone"),
    "waiting": Period(None, "until the entry is closed"),
    "counts": Period(COUNTS_KEPT, "after the hour or day began: keyed hashes alone"),
    "keys": Period(KEYS_KEPT, "after the request"),
    "sign_in": Period(SIGN_INS_KEPT, "after it was asked for: keyed hashes alone"),
    "attempt": Period(ATTEMPTS_KEPT, "after it began"),
    "login": Period(LOGINS_KEPT, "after it ran out"),
    "grant": Period(GRANTS_KEPT, "after it was given or asked for"),
    "revoked": Period(REVOKED_KEPT, "after it was taken away"),
    "audit_address": Period(AUDIT_ADDRESSES_KEPT, "after it was done: the IP address"),
    "message": Period(MESSAGES_KEPT, "after it was of use: never to whom, nor what it said"),
    "tombstone": Period(TOMBSTONES_KEPT, "after the erasure: keyed hashes alone"),
    "account": Period(None, "until the account is deleted"),
    "tutor": Period(None, "until the tutor is forgotten"),
    "ids": Period(None, "without end: ids alone, which are nobody's once the details or the account are gone"),
}
Kept = Mapping[str, tuple[str, ...]]
"""The tables of a service that hold something of a person, each with the names of its periods."""
# Of the tables that every service has.
KEPT_EVERYWHERE: Kept = {
    "audit_entry": ("audit_address", "ids"),
    "idempotency_key": ("keys",),
    "revoked": ("revoked",),
}
NOTHING_ANYWHERE = frozenset({"audit_copied", "feed_cursor", "issuer_keys"})


def as_markdown(services: Mapping[str, Kept]) -> str:
    """Return the table for docs/operating.md: of each service, the tables that are kept alike in one row."""
    lines = ["| service | tables | kept |", "| --- | --- | --- |"]
    for service, kept in services.items():
        alike: dict[tuple[str, ...], list[str]] = {}
        for table, names in kept.items():
            alike.setdefault(names, []).append(f"`{table}`")
        for names, tables in alike.items():
            lines.append(
                f"| `{service}` | {', '.join(tables)} | {'; '.join(PERIODS[each].in_words for each in names)} |"
            )
    return "\n".join(lines)
