"""What the worker of `notify` runs; each only delegates."""

import asyncio
import datetime as dt
import logging

import httpx2

from services.notify.actions.asking import Facts
from services.notify.actions.planning import apply_booking, apply_providers
from services.notify.actions.sending import Outbox
from services.notify.channels import open_channels
from services.notify.settings import Settings
from shared import db, telemetry
from shared.clients import BookingClient, ProvidersClient
from shared.clock import now
from shared.following import follow
from shared.keys import SigningKey
from shared.tls import tls_context

log = logging.getLogger(__name__)
SENDERS = 4
SECONDS_WHEN_IDLE = 0.3


async def work() -> None:
    """Follow both feeds, and send what is due, a few at a time; never returns."""
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
            outbox = Outbox(sessions, Facts(booking, providers, settings.sender), channels, lease)
            tasks.create_task(follow(sessions, "booking", booking, apply_booking))
            tasks.create_task(follow(sessions, "providers", providers, apply_providers))
            for _ in range(SENDERS):
                tasks.create_task(keep_sending(outbox))
    finally:
        for channel in channels.values():
            await channel.close()
        await engine.dispose()


async def keep_sending(outbox: Outbox) -> None:
    """Send what is due, for ever. Whatever fails here, the outbox still has the message."""
    while True:
        try:
            if await outbox.send_next(now()):
                continue
        except Exception:
            log.exception("A message could not be dealt with")
        await asyncio.sleep(SECONDS_WHEN_IDLE)
