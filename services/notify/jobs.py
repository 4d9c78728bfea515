"""What the worker of `notify` runs; each only delegates."""

import asyncio
import logging

import httpx2

from services.notify.actions import Post, apply_booking, apply_providers
from services.notify.channels.sms import Sms
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
    """Follow both feeds, and send what is due, a few at a time."""
    telemetry.configure()
    settings = Settings()
    engine, sessions = db.connect(settings.database_url.get_secret_value(), pool_size=SENDERS + 4)
    key = SigningKey.from_file("notify", settings.signing_key)
    sms = Sms(settings)
    try:
        async with httpx2.AsyncClient(verify=tls_context()) as http, asyncio.TaskGroup() as tasks:
            booking = BookingClient(http, settings.booking_url, key=key)
            providers = ProvidersClient(http, settings.providers_url, key=key)
            post = Post(settings, sessions, booking, providers, sms)
            tasks.create_task(follow(sessions, "booking", booking, apply_booking))
            tasks.create_task(follow(sessions, "providers", providers, apply_providers))
            for _ in range(SENDERS):
                tasks.create_task(send(post))
    finally:
        await sms.close()
        await engine.dispose()


async def send(post: Post) -> None:
    """Send for ever; whatever fails here, the outbox still has the message."""
    while True:
        try:
            if await post.send_next(now()):
                continue
        except Exception as error:
            log.error("A message could not be dealt with: %s", type(error).__name__)
        await asyncio.sleep(SECONDS_WHEN_IDLE)
