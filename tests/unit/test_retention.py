"""What is kept of a person has a period, in every table of every service."""

import importlib
from pathlib import Path

import pytest

from services.booking.domain import limits
from services.booking.domain import retention as booking
from services.notify.domain import retention as notify
from services.notify.domain.sending import RETRIES
from services.providers.domain import retention as providers
from shared import db, feed, feed_cursors, idempotency, issuer, retention, revoked
from shared.audit.table import AuditCopied, AuditEntry
from shared.keys import ACCESS_LIFETIME
from shared.retention import PERIODS, Kept

ROOT = Path(__file__).parents[2]
EVERYWHERE = {
    table.__tablename__
    for table in (
        feed.Event,
        feed_cursors.FeedCursor,
        idempotency.IdempotencyKey,
        issuer.KeptKeys,
        revoked.Revoked,
        AuditEntry,
        AuditCopied,
    )
}
RULES: dict[str, tuple[Kept, frozenset[str]]] = {
    "providers": (providers.KEPT, providers.NOTHING_OF_A_PERSON),
    "booking": (booking.KEPT, booking.NOTHING_OF_A_PERSON),
    "notify": (notify.KEPT, notify.NOTHING_OF_A_PERSON),
}


@pytest.mark.parametrize("service", RULES)
def test_every_table_is_among_those_with_a_period_or_those_with_nothing_of_a_person(service: str) -> None:
    tables = set(importlib.import_module(f"services.{service}.models").Base.metadata.tables) | EVERYWHERE
    kept, nothing = RULES[service]
    assert set(db.Base.metadata.tables) >= EVERYWHERE
    assert {*kept, *nothing} == tables
    assert not set(kept) & nothing


def test_every_period_is_of_some_table_and_every_table_has_one_that_is_known() -> None:
    used = {name for kept, _nothing in RULES.values() for names in kept.values() for name in names}
    assert used | {"tombstone"} == set(PERIODS)  # which is outside the databases
    assert all(names for kept, _nothing in RULES.values() for names in kept.values())


def test_operators_read_the_same_table() -> None:
    shown = retention.as_markdown({service: kept for service, (kept, _nothing) in RULES.items()})
    assert shown in (ROOT / "docs/operating.md").read_text(encoding="utf-8")


def test_a_farewell_waits_longer_than_notify_tries() -> None:
    assert sum(RETRIES, start=retention.HOUR * 0) < retention.FAREWELL_KEPT


def test_what_is_judged_by_something_does_not_outlive_it() -> None:
    assert retention.REVOKED_KEPT > ACCESS_LIFETIME
    assert max(each.within for kinds in limits.LIMITS.values() for each in kinds) < retention.COUNTS_KEPT


@pytest.mark.parametrize(
    ("length", "words"),
    [(retention.DAY, "1 day x"), (90 * retention.DAY, "90 days x"), (2 * retention.HOUR, "2 hours x"), (None, "x")],
)
def test_a_period_in_words(length: object, words: str) -> None:
    assert retention.Period(length, "x").in_words == words  # type: ignore[arg-type]
