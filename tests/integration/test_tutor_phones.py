"""The number at which a tutor is called: who sees it and who writes it, and where it is not."""

import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from services.providers.actions import departures
from services.providers.models import Person, Tutor
from shared import db
from shared.feed import Event
from tests.integration.apps import Headers
from tests.integration.providers import EDITOR, ProvidersApp, SmallRegistry, running_app, seed_registry
from tests.integration.registry import address_of
from tests.integration.test_asking_first import SlowBooking, transactions

pytestmark = pytest.mark.anyio
WRITTEN, KEPT = "040 685 404", "+35840685404"


@dataclass
class Asked:
    """The app, a small registry, and who asks for the number of its tutor."""

    app: ProvidersApp
    registry: SmallRegistry
    account: uuid.UUID
    """The tutor's."""

    def who(self, role: str, *, own: bool = True, **where: object) -> Headers:
        """Somebody of the tutor's organisation, or of another."""
        held = {"role": role, "organisation_id": str(self.registry.organisation if own else uuid.uuid4()), **where}
        return self.app.bearer(self.account if role == "tutor" else uuid.uuid4(), kind="person", roles=[held])

    @property
    def tutor(self) -> Headers:
        return self.who("tutor", tutor_id=str(self.registry.tutor))

    async def phone(self, headers: Headers, **how: Any) -> Any:
        """What the registry answers; it is written when there is something to write."""
        path = f"/api/providers/v1/tutors/{self.registry.tutor}/phone"
        return await self.app.http.request("PUT" if how else "GET", path, headers=headers, **how)

    async def read(self, path: str, headers: Headers | None = None) -> str:
        answer = await self.app.http.get(f"/api/providers/v1{path}", headers=headers or {})
        assert answer.status_code == 200, answer.text
        return answer.text


@pytest.fixture
async def asked(providers_db: db.Sessions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Asked]:
    registry = await seed_registry(providers_db)
    async with db.transaction(providers_db) as session:
        account = (await session.get_one(Tutor, registry.tutor)).person_id
    assert account is not None
    async with running_app(address_of(providers_db), tmp_path, monkeypatch) as app:
        yield Asked(app, registry, account)


async def test_a_tutor_writes_their_number_as_people_do_and_removes_it(asked: Asked) -> None:
    assert (await asked.phone(asked.tutor)).json() == {"phone": None, "version": 1}
    for written, kept in ((WRITTEN, KEPT), ("08 123 4567", "+35881234567"), ("", None), (WRITTEN, KEPT), (None, None)):
        changed = await asked.phone(asked.tutor, json={"phone": written})
        assert (changed.status_code, changed.json()["phone"]) == (200, kept)
        assert changed.headers["etag"] == f'"{changed.json()["version"]}"'
        assert (await asked.phone(asked.tutor)).json() == changed.json()
    wrong = await asked.phone(asked.tutor, json={"phone": "12"})
    assert (wrong.status_code, [each["pointer"] for each in wrong.json()["errors"]]) == (422, ["/phone"])
    assert (await asked.phone(asked.tutor, json={})).status_code == 422  # nobody removes it by leaving it out


async def test_nobody_overwrites_a_number_that_they_have_not_seen(asked: Asked) -> None:
    manager, first = asked.who("manager"), {"If-Match": '"1"'}
    assert (await asked.phone(asked.tutor | first, json={"phone": WRITTEN})).status_code == 200
    assert (await asked.phone(manager | first, json={"phone": None})).status_code == 412
    assert (await asked.phone(manager)).json()["phone"] == KEPT


async def test_the_organisation_sees_it_and_its_staff_does_not_change_it(asked: Asked) -> None:
    await asked.phone(asked.tutor, json={"phone": WRITTEN})
    at_point = asked.who("staff", service_point_id=str(asked.registry.point))
    colleague = asked.who("tutor", tutor_id=str(uuid.uuid4()))
    for headers, reads, writes in (
        ({}, 401, 401),
        (asked.tutor, 200, 200),
        (asked.who("manager"), 200, 200),
        (asked.app.coordinator(asked.registry.coordinator), 200, 200),
        (asked.who("staff"), 200, 403),
        (at_point, 200, 403),
        (colleague, 403, 403),
        (asked.who("staff", own=False), 403, 403),
        (asked.who("manager", own=False), 403, 403),
    ):
        found = await asked.phone(headers)
        assert (found.status_code, KEPT in found.text) == (reads, reads == 200)
        assert (await asked.phone(headers, json={"phone": WRITTEN})).status_code == writes


async def test_it_is_told_to_nobody_else_and_opens_no_login(asked: Asked, providers_db: db.Sessions) -> None:
    await asked.phone(asked.tutor, json={"phone": WRITTEN})
    one = f"/tutors/{asked.registry.tutor}"
    for path, headers in (("/tutors", {}), (one, {}), (f"{one}/details", asked.who("manager"))):
        assert KEPT not in await asked.read(path, headers)
    assert KEPT in await asked.read("/me/data", asked.tutor)
    async with db.transaction(providers_db) as session:
        events = list(await session.scalars(sa.select(Event.data).where(Event.subject == str(asked.registry.tutor))))
        account = await session.get_one(Person, asked.account)
    assert [(each["version"], KEPT in str(each)) for each in events] == [(1, False), (2, False)]
    assert (account.email, account.phone) == ("aino@example.fi", None)


async def test_it_stays_when_the_record_is_written_and_goes_when_the_tutor_is_forgotten(
    asked: Asked, providers_db: db.Sessions
) -> None:
    await asked.phone(asked.tutor, json={"phone": WRITTEN})
    manager, wanted = asked.who("manager"), asked.registry.tutor_input(email="aino@example.fi")
    path = f"/api/providers/v1/tutors/{asked.registry.tutor}"
    written = await asked.app.http.put(path, json=wanted.model_dump(mode="json"), headers=manager)
    assert (written.status_code, (await asked.phone(manager)).json()["phone"]) == (200, KEPT)
    await departures.remove_tutor(transactions(providers_db), SlowBooking(), caller=EDITOR, tutor=asked.registry.tutor)
    assert (await asked.phone(manager)).json()["phone"] is None
