"""Ways in end with the contact that they came by; a tutor has one account; who did it is told in the right region."""

import datetime as dt
import uuid

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from services.providers.actions import people
from services.providers.actions.account_contacts import add_account, change_contacts
from services.providers.actions.organisations import write_organisation
from services.providers.actions.passkeys import add_passkey
from services.providers.actions.tutors import write_tutor
from services.providers.models import Identity, Login, Passkey, Person, SignIn, Tutor
from services.providers.problems import ContactTaken, PasskeyRefused
from shared import db
from shared.audit.table import AuditEntry
from shared.auth import Principal
from shared.problems import InvalidInput, InvalidReference, Unauthenticated
from shared.revoked import Revoked
from shared.schemas import people as wire
from shared.schemas import providers
from shared.schemas.common import LocalisedText

pytestmark = pytest.mark.anyio
NOW = dt.datetime(2027, 3, 1, 8, tzinfo=dt.UTC)
BOSS = Principal("person", str(uuid.uuid4()), "17", (wire.Role(role="coordinator"),))
EDITOR = Principal("client", "x", "17", scopes=frozenset({"registry:write"}))
COORDINATOR = wire.Role(role="coordinator")


async def account(sessions: db.Sessions, email: str = "vanha@example.fi", *roles: wire.Role) -> uuid.UUID:
    async with db.transaction(sessions) as session:
        wanted = wire.PersonInput(region="17", email=email, roles=list(roles) or [COORDINATOR])
        return await people.create_person(session, wanted)


async def tutor(sessions: db.Sessions, email: str | None = None) -> uuid.UUID:
    async with db.transaction(sessions) as session:
        own = providers.OrganisationInput(name=LocalisedText(fi="X"), kind="association", municipality="305")
        organisation = await write_organisation(session, caller=EDITOR, wanted=own)
        helper = providers.TutorInput(
            organisation_id=organisation,
            display_name="A",
            languages=["fi"],
            topics=["e-services"],
            channels=["phone"],
            email=email,
        )
        return await write_tutor(session, caller=EDITOR, wanted=helper)


async def test_every_way_in_ends_with_the_contact(providers_db: db.Sessions) -> None:
    person = await account(providers_db)
    ways = (SignIn, Login, Passkey, Identity)
    async with db.transaction(providers_db) as session:
        session.add_all(
            [
                SignIn(person_id=person, contact_hash=b"x", by_phone=False, language="fi", created_at=NOW),
                Login(person_id=person, token_hash=b"x", expires_at=NOW),
                Passkey(person_id=person, credential_id=b"x", public_key=b"x", sign_count=0, name="x", created_at=NOW),
                Identity(issuer="https://x", subject="x", person_id=person),
            ]
        )
    same = wire.PersonInput(region="17", email="vanha@example.fi", language="sv", roles=[COORDINATOR])
    moved = same.model_copy(update={"email": "uusi@example.fi"})
    for wanted, left in ((same, 1), (moved, 0)):
        async with db.transaction(providers_db) as session:
            await people.replace_person(session, caller=BOSS, person=person, wanted=wanted)
        async with db.transaction(providers_db) as session:
            for model in ways:
                assert await session.scalar(sa.select(sa.func.count()).select_from(model)) == left, model
    async with db.transaction(providers_db) as session:
        assert await session.scalar(sa.select(Revoked.bearer)) == f"person:{person}"
        passkeys = sa.select(AuditEntry.region).where(AuditEntry.kind == "passkey")
        assert set(await session.scalars(passkeys)) == {"17"}


async def test_a_tutor_has_one_account_which_may_do_more(providers_db: db.Sessions) -> None:
    free, taken = await tutor(providers_db), await tutor(providers_db, "aino@example.fi")
    with pytest.raises(InvalidReference):
        await account(providers_db, "toinen@example.fi", wire.Role(role="tutor", tutor_id=taken))
    both = await account(providers_db, "molemmat@example.fi", COORDINATOR, wire.Role(role="tutor", tutor_id=free))
    with pytest.raises(InvalidReference):
        await account(providers_db, "kolmas@example.fi", wire.Role(role="tutor", tutor_id=free))
    async with db.transaction(providers_db) as session:
        wanted = wire.PersonInput(region="17", email="molemmat@example.fi", roles=[COORDINATOR])
        await people.replace_person(session, caller=BOSS, person=both, wanted=wanted)
    await account(providers_db, "kolmas@example.fi", wire.Role(role="tutor", tutor_id=free))


@pytest.mark.parametrize(
    ("role", "pointer"),
    [
        ({"role": "coordinator", "sub_region": "178"}, "/roles/0/sub_region"),
        ({"role": "manager"}, "/roles/0/organisation_id"),
        ({"role": "sub_coordinator", "organisation_id": str(uuid.uuid4())}, "/roles/0/sub_region"),
    ],
)
async def test_a_role_that_would_seem_narrower_than_it_is_is_refused(
    providers_db: db.Sessions, role: dict[str, str], pointer: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        await account(providers_db, "x@example.fi", wire.Role.model_validate(role))
    assert pointer in [error.pointer for error in refused.value.errors or []]


async def test_a_region_that_is_none_has_no_coordinator(providers_db: db.Sessions) -> None:
    async with db.transaction(providers_db) as session:
        with pytest.raises(InvalidReference):
            await people.create_person(
                session, wire.PersonInput(region="98", email="x@example.fi", roles=[COORDINATOR])
            )
    await account(providers_db)
    with pytest.raises(ContactTaken):
        await account(providers_db)


@pytest.mark.parametrize("contact", [{"email": "vanha@example.fi"}, {"phone": "+358400000001"}])
async def test_an_account_is_refused_for_a_contact_that_another_has_and_for_nothing_else(
    providers_db: db.Sessions, contact: dict[str, str]
) -> None:
    first, second = uuid.uuid4(), uuid.uuid4()
    async with db.transaction(providers_db) as session:
        await add_account(
            session, Person(id=first, region="17", language="fi", email="vanha@example.fi", phone="+358400000001")
        )
        with pytest.raises(ContactTaken):
            await add_account(session, Person(region="17", language="fi", **contact))
        other = Person(id=second, region="17", language="fi", email="uusi@example.fi")
        await add_account(session, other)
        with pytest.raises(ContactTaken):
            await change_contacts(session, other, {"email": None, "phone": None, **contact})
    async with db.transaction(providers_db) as session:
        with pytest.raises(IntegrityError, match="person_pkey"):
            await add_account(session, Person(id=first, region="17", language="fi", email="x@example.fi"))
        row = await session.get_one(Person, second)
        session.add(Passkey(person_id=uuid.uuid4(), credential_id=b"x", public_key=b"x", sign_count=0, name="x"))
        with pytest.raises(IntegrityError):
            await change_contacts(session, row, {"email": "y@example.fi", "phone": None})


async def test_a_passkey_is_refused_when_it_is_known_and_for_nothing_else(providers_db: db.Sessions) -> None:
    person = await account(providers_db)

    def passkey(whose: uuid.UUID, **more: object) -> Passkey:
        own = {"credential_id": b"x", "public_key": b"x", "sign_count": 0, "name": "x", "created_at": NOW}
        return Passkey(person_id=whose, **own | more)

    async with db.transaction(providers_db) as session:
        await add_passkey(session, passkey(person))
        with pytest.raises(PasskeyRefused):
            await add_passkey(session, passkey(person))
        with pytest.raises(Unauthenticated):  # forgotten a moment ago
            await add_passkey(session, passkey(uuid.uuid4(), credential_id=b"y"))
        with pytest.raises(IntegrityError):
            await add_passkey(session, passkey(person, credential_id=b"z", created_at=None))


async def test_an_organisation_at_work_does_not_end(providers_db: db.Sessions) -> None:
    found = await tutor(providers_db)
    async with db.transaction(providers_db) as session:
        row = await session.get_one(Tutor, found)
        wanted = providers.OrganisationInput(
            name=LocalisedText(fi="X"), kind="association", municipality="305", status="ended"
        )
        with pytest.raises(InvalidInput):
            await write_organisation(session, caller=EDITOR, wanted=wanted, record=row.organisation_id)
        row.status = "ended"
        await session.flush()
        await write_organisation(session, caller=EDITOR, wanted=wanted, record=row.organisation_id)
