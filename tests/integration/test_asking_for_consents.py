"""A tutor asks for a consent; whoever can give it is told, and so is the tutor."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa

from services.providers.actions import adopting, asking_for_consents, consents
from services.providers.actions.consent_notices import consent_message
from services.providers.actions.people import create_person, forget_person
from services.providers.actions.service_points import write_service_point
from services.providers.actions.tutors import write_tutor
from services.providers.models import Consent, ConsentNotice, Person
from services.providers.store.pending_grants import forget_old_notices
from shared import db
from shared.auth import Principal
from shared.feed import Event
from shared.problems import Forbidden, InvalidReference, NotFound
from shared.schemas import providers as wire
from shared.schemas.booking import AssumedConsent
from shared.schemas.people import PersonInput, Role
from tests.integration.providers import EDITOR, NAME, SmallRegistry, seed_registry, tutor_input
from tests.integration.test_consents import ABROAD, an_organisation, told

pytestmark = pytest.mark.anyio


@dataclass(frozen=True)
class Asking:
    """A small registry, and an organisation with two tutors of its own."""

    sessions: db.Sessions
    host: SmallRegistry
    guest: uuid.UUID
    tutors: tuple[uuid.UUID, uuid.UUID]
    people: tuple[uuid.UUID, uuid.UUID]

    def caller(self, number: int = 0) -> Principal:
        role = Role(role="tutor", tutor_id=self.tutors[number], organisation_id=self.guest)
        return Principal("person", str(self.people[number]), "17", roles=(role,))

    async def ask(self, number: int = 0, caller: Principal | None = None, **more: Any) -> uuid.UUID:
        asked: dict[str, Any] = {"point": self.host.point, "tutor_id": None, **more}
        async with db.transaction(self.sessions) as session:
            return await asking_for_consents.ask_for_consent(session, caller=caller or self.caller(number), **asked)

    async def say(self, status: wire.ConsentStatus) -> None:
        async with db.transaction(self.sessions) as session:
            said = {"point": self.host.point, "organisation": self.guest}
            await consents.say(session, caller=EDITOR, status=status, **said)

    async def account(self, *roles: Role, **more: str) -> uuid.UUID:
        async with db.transaction(self.sessions) as session:
            wanted = PersonInput.model_validate({"region": "17", "roles": list(roles), **more})
            return await create_person(session, wanted)

    async def messages(self) -> list[tuple[wire.ConsentStatus, str | None]]:
        """What is told, in order, and whom; without what is so no more."""
        found: list[tuple[wire.ConsentStatus, str | None]] = []
        async with db.transaction(self.sessions) as session:
            wanted = sa.select(Event.subject).where(Event.type == "fi.vuoro.consent.noticed", Event.internal)
            for notice in await session.scalars(wanted.order_by(Event.seq)):
                try:
                    message = await consent_message(session, uuid.UUID(notice))
                except NotFound:
                    continue
                found.append((message.status, message.email or message.phone))
        return found

    async def status(self) -> list[str]:
        async with db.transaction(self.sessions) as session:
            return list(await session.scalars(sa.select(Consent.status)))


@pytest.fixture
async def asking(providers_db: db.Sessions) -> Asking:
    host, guest = await seed_registry(providers_db), await an_organisation(providers_db)
    tutors, people = [], []
    async with db.transaction(providers_db) as session:
        for name in ("eino", "veikko"):
            wanted = tutor_input(guest, display_name=name, email=f"{name}@example.fi")
            tutors.append(await write_tutor(session, caller=EDITOR, wanted=wanted))
            people.append((await session.scalars(sa.select(Person.id).where(Person.email == wanted.email))).one())
    return Asking(providers_db, host, guest, (tutors[0], tutors[1]), (people[0], people[1]))


async def test_managers_are_told_once_and_all_who_have_asked_of_the_answer(asking: Asking) -> None:
    await asking.account(Role(role="manager", organisation_id=asking.host.organisation), email="johtaja@example.fi")
    made = await asking.ask()
    assert await asking.ask() == await asking.ask(1) == made
    assert await asking.messages() == [("asked", "johtaja@example.fi")]
    assert await told(asking.sessions) == []  # nothing was said
    await asking.say("allowed")
    assert await asking.messages() == [("allowed", "eino@example.fi"), ("allowed", "veikko@example.fi")]
    assert await told(asking.sessions) == [("allowed", False)]
    await asking.say("withdrawn")
    assert len(await asking.messages()) == 2  # a withdrawal is no answer


async def test_a_no_is_told_too_and_stays_a_no(asking: Asking) -> None:
    await asking.ask()
    await asking.say("withdrawn")
    assert await asking.messages() == [("withdrawn", "eino@example.fi")]
    await asking.ask(1)
    assert await asking.status() == ["withdrawn"]
    assert await asking.messages() == [("withdrawn", "eino@example.fi")]


async def test_who_may_already_has_nothing_to_ask(asking: Asking) -> None:
    await asking.say("allowed")
    await asking.ask()
    assert (await asking.status(), await asking.messages()) == (["allowed"], [])


async def test_without_managers_coordinators_and_the_organisation_itself_are_told(asking: Asking) -> None:
    await asking.ask()
    assert await asking.messages() == [("asked", "pomo@example.fi"), ("asked", None)]


async def test_somebody_who_has_only_a_phone_is_told_by_it(asking: Asking) -> None:
    await asking.account(Role(role="manager", organisation_id=asking.host.organisation), phone="+358401234567")
    await asking.ask()
    assert await asking.messages() == [("asked", "+358401234567")]


async def test_a_client_asks_for_a_tutor_and_is_told_nothing(asking: Asking) -> None:
    client = Principal("client", "c", "17", scopes=frozenset({"availability:write"}))
    await asking.ask(caller=client, tutor_id=asking.tutors[0])
    await asking.say("allowed")
    assert await asking.messages() == []


async def test_what_is_not_to_be_asked_is_refused(asking: Asking) -> None:
    host, own = asking.host, Role(role="tutor", tutor_id=asking.host.tutor, organisation_id=asking.host.organisation)
    at_home = Principal("person", str(host.coordinator), "17", roles=(own,))
    draft, abroad = await a_point(asking, EDITOR, "305", "draft"), await a_point(asking, ABROAD, "091", "published")
    for problem, caller, more in (
        (InvalidReference, at_home, {"tutor_id": None}),
        (NotFound, None, {"point": draft}),
        (NotFound, None, {"point": uuid.uuid4()}),
        (InvalidReference, None, {"point": abroad}),
        (Forbidden, None, {"tutor_id": host.tutor}),
        (Forbidden, None, {"tutor_id": asking.tutors[1]}),
        (InvalidReference, None, {"tutor_id": uuid.uuid4()}),
    ):
        with pytest.raises(problem):
            await asking.ask(caller=caller, **more)
    assert await asking.status() == []


async def a_point(asking: Asking, caller: Principal, place: str, publishing: str) -> uuid.UUID:
    organisation = await an_organisation(asking.sessions, caller, place)
    own = {"organisation_id": organisation, "name": NAME, "address": "Tie 1", "municipality": place}
    wanted = wire.ServicePointInput.model_validate(own | {"publishing": publishing})
    async with db.transaction(asking.sessions) as session:
        return await write_service_point(session, caller=caller, wanted=wanted)


async def test_what_is_assumed_answers_who_has_asked(asking: Asking) -> None:
    await asking.ask()
    assumed = AssumedConsent(service_point_id=asking.host.point, organisation_id=asking.guest)
    async with db.transaction(asking.sessions) as session:
        await adopting.adopt(session, [assumed])
    assert await asking.messages() == [("allowed", "eino@example.fi")]


async def test_who_is_forgotten_is_told_nothing_and_old_notices_go(asking: Asking) -> None:
    await asking.ask()
    await asking.ask(1)
    async with db.transaction(asking.sessions) as session:
        await forget_person(session, await session.get_one(Person, asking.people[0]))
    await asking.say("allowed")
    assert await asking.messages() == [("allowed", "veikko@example.fi")]
    async with db.transaction(asking.sessions) as session:
        await forget_old_notices(session, dt.datetime.now(dt.UTC) + dt.timedelta(minutes=1))
        assert (await session.scalars(sa.select(ConsentNotice.id))).all() == []
