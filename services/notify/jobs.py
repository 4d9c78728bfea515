"""What the worker of `notify` runs; each only delegates."""

import asyncio
import datetime as dt
import logging
from functools import partial

import httpx2

from services.notify.actions.asking import Facts
from services.notify.actions.budget import Budgets
from services.notify.actions.planning import apply_booking, apply_providers
from services.notify.actions.sending import Outbox
from services.notify.channels import open_channels
from services.notify.domain.budgets import Budget
from services.notify.settings import Settings
from shared import db, telemetry
from shared.clients import BookingClient, ProvidersClient
from shared.clock import now
from shared.following import follow
from shared.keys import SigningKey
from shared.signals import Signal
from shared.tls import tls_context

log = logging.getLogger(__name__)
SENDERS = 4
SECONDS_BETWEEN_LOOKS = 1.0


async def work() -> None:
    """Follow both feeds, and send what is due, a few at a time; never returns. Raises Incomplete."""
    telemetry.configure()
    settings = Settings()
    # Each sender and each of the two feeds holds one connection at a time; two are to spare.
    engine, sessions = db.connect(settings.database_url.get_secret_value(), pool_size=SENDERS + 4)
    key = SigningKey.from_file("notify", settings.signing_key)
    channels = open_channels()
    try:
        async with httpx2.AsyncClient(verify=tls_context()) as http, asyncio.TaskGroup() as tasks:
            booking = BookingClient(http, settings.booking_url, key=key)
            providers = ProvidersClient(http, settings.providers_url, key=key)
            lease = dt.timedelta(seconds=settings.lease_seconds)
            facts = Facts(booking, providers, settings.sender, settings.public_url, settings.operator)
            outbox = Outbox(sessions, facts, channels, lease, budgets_of(settings))
            due = Signal()
            from_booking = partial(apply_booking, channels=channels)
            from_providers = partial(apply_providers, channels=channels)
            tasks.create_task(follow(sessions, "booking", booking, from_booking, after_batch=due.give))
            tasks.create_task(follow(sessions, "providers", providers, from_providers, after_batch=due.give))
            tasks.create_task(keep_looking(outbox, due))
            for _ in range(SENDERS):
                tasks.create_task(keep_sending(outbox, due))
    finally:
        for channel in channels.values():
            await channel.close()
        await engine.dispose()


def budgets_of(settings: Settings) -> Budgets:
    """Return how many paid messages are expected, as the settings say."""
    of_region = {name: Budget(said.per_day, said.per_month) for name, said in settings.sms_budgets.items()}
    return Budgets(Budget(settings.sms_per_day, settings.sms_per_month), of_region, settings.zone)


async def keep_looking(outbox: Outbox, due: Signal) -> None:
    """Signal once a second while something is due, for ever: a reminder becomes due by the clock alone."""
    while True:
        try:
            if await outbox.is_due(now()):
                due.give()
        except Exception:
            log.exception("What is due cannot be read just now")
        await asyncio.sleep(SECONDS_BETWEEN_LOOKS)


async def keep_sending(outbox: Outbox, due: Signal) -> None:
    """Send what is due at every signal, for ever. Whatever fails here, the outbox still has the message."""
    while True:
        given = due.count
        try:
            if await outbox.send_next(now()):
                continue
        except Exception:
            log.exception("A message could not be dealt with")
        await due.beyond(given)
