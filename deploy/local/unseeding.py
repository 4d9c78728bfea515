"""Removing the demonstration region, through the gateway, as its own API client; its accounts directly, as they were
made."""

import asyncio
import datetime as dt
import uuid
from collections.abc import Iterable
from functools import partial
from typing import Any

import httpx2
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from deploy.local.children import Failure
from deploy.local.demonstration_found import Demonstration, Record
from deploy.local.home import Home
from deploy.local.seed import PROVIDERS, client_token
from services.providers.actions.people import forget_person
from services.providers.models import ApiClient, Person
from shared import db
from shared.clock import now
from shared.revoked import revoke
from shared.schemas import providers as wire


def remove_seeded(home: Home, found: Demonstration, client_id: str, secret: str) -> list[str]:
    """Remove what was found; return what had to stay, and why. Raises `Failure` when the client is let in no more."""
    stayed: list[str] = []
    with httpx2.Client(base_url=home.gateway, timeout=30) as http:
        http.headers["Accept-Language"] = "en"
        http.headers["Authorization"] = f"Bearer {client_token(http, client_id, secret)}"
        busy = {
            tutor.organisation_id
            for tutor in found.tutors
            if not _is_done(http.delete(f"{PROVIDERS}/tutors/{tutor.id}"), f"tutor {tutor.name}", stayed)
        }
        going, staying = found.without(busy)
        end = partial(_end_records, http, stayed)
        end("service-points", wire.ServicePointInput, going.points)
        end("offerings", wire.OfferingInput, going.offerings)
        end("organisations", wire.OrganisationInput, going.organisations)
    stayed += [f"{each.name}, its service points and its offerings: its tutors stay" for each in staying]
    if not stayed and not found.kept:  # the client is needed until everything is gone
        asyncio.run(_remove_accounts(home.database_url("providers"), found, uuid.UUID(client_id)))
        home.demo.unlink(missing_ok=True)
    return [*stayed, *(f"{each.name}: others have put something into it" for each in found.kept)]


def _end_records(
    http: httpx2.Client, stayed: list[str], path: str, model: type[BaseModel], records: Iterable[Record]
) -> None:
    for record in records:
        place = f"{PROVIDERS}/{path}/{record.id}"
        kept = model.model_validate(http.get(place).json(), extra="ignore")
        ended = kept.model_copy(update={"status": "ended"})
        _is_done(http.put(place, json=ended.model_dump(mode="json", by_alias=True)), record.name, stayed)


def _is_done(answer: httpx2.Response, what: str, stayed: list[str]) -> bool:
    """Whether it is done; if not, it is noted among what stayed, and why. Raises `Failure` when something broke."""
    if answer.status_code >= 500:
        raise Failure(f"Not everything could be removed: {answer.request.url.path} answered {answer.status_code}.")
    if answer.status_code >= 300:
        stayed.append(f"{what}: {_in_the_way(answer.json())}")
    return answer.status_code < 300


def _in_the_way(problem: dict[str, Any]) -> str:
    """Return what stands in the way, on one line: which appointments, which field, or what the problem says."""
    if starts := [dt.datetime.fromisoformat(each["start"]) for each in problem.get("appointments", [])]:
        return f"{problem['title']}: {', '.join(f'{each:%Y-%m-%d %H:%M}' for each in starts)}"
    if fields := problem.get("errors"):
        return " ".join(each["detail"] for each in fields)
    return f"{problem['title']}. {problem['detail']}"


async def _remove_accounts(url: str, found: Demonstration, client_id: uuid.UUID) -> None:
    engine, sessions = db.connect(url, pool_size=1)
    try:
        async with db.transaction(sessions) as session:
            await _forget(session, found, client_id)
    finally:
        await engine.dispose()


async def _forget(session: AsyncSession, found: Demonstration, client_id: uuid.UUID) -> None:
    for person, _email in found.people:
        if (row := await session.get(Person, person, with_for_update=True)) is not None:
            await forget_person(session, row)
    if (client := await session.get(ApiClient, client_id, with_for_update=True)) is not None:
        client.revoked_at = client.revoked_at or now()
        await session.flush()
        await revoke(session, "client", client_id)
