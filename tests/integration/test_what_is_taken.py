"""What the database refuses is told by the name of the constraint that refused it: its text quotes what was sent."""

import pytest
from sqlalchemy.exc import IntegrityError

from services.providers.actions.account_contacts import add_account
from services.providers.actions.saving import add_record
from services.providers.models import Organisation, Person
from services.providers.problems import ContactTaken
from shared import db
from tests.integration.providers import EDITOR

pytestmark = pytest.mark.anyio
NOWHERE = "999"


async def test_another_refusal_is_not_told_as_a_taken_business_id(providers_db: db.Sessions) -> None:
    own = {"region": "17", "kind": "association", "status": "active", "municipality": NOWHERE}
    row = Organisation(name={"fi": "organisation_business_id"}, **own)
    async with db.transaction(providers_db) as session:
        with pytest.raises(IntegrityError, match="organisation_business_id"):
            await add_record(session, EDITOR, row)
        await session.rollback()


async def test_another_refusal_is_not_told_as_a_taken_contact(providers_db: db.Sessions) -> None:
    async with db.transaction(providers_db) as session:
        with pytest.raises(IntegrityError, match="person_reachable"):
            await add_account(session, Person(region="17", language="fi"))


@pytest.mark.parametrize("contact", [{"email": "pomo@example.fi"}, {"phone": "+35840685404"}])
async def test_one_contact_is_one_account(providers_db: db.Sessions, contact: dict[str, str]) -> None:
    async with db.transaction(providers_db) as session:
        await add_account(session, Person(region="17", language="fi", **contact))
        with pytest.raises(ContactTaken):
            await add_account(session, Person(region="17", language="sv", **contact))
