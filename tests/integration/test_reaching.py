"""What SQL finds within somebody's reach is what the table says lies within it."""

import uuid
from collections.abc import Sequence

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deploy.local.postgres import Postgres
from shared.db import lies_within
from shared.roles import Whose, Within

REGIONS, MUNICIPALITIES = ("17", "01"), ("305", "564")
IDS = [uuid.UUID(int=number) for number in range(1, 4)]
ids = st.none() | st.sampled_from(IDS)
reaches = st.builds(
    Within,
    region=st.none() | st.sampled_from(REGIONS),
    municipalities=st.none() | st.frozensets(st.sampled_from(MUNICIPALITIES)),
    organisation=ids,
    service_point=ids,
    tutor=ids,
)
records = st.builds(
    Whose,
    region=st.none() | st.sampled_from(REGIONS),
    municipality=st.none() | st.sampled_from(MUNICIPALITIES),
    organisation=ids,
    service_point=ids,
    tutor=ids,
)


@pytest.fixture(scope="module")
def engine(postgres: Postgres) -> sa.Engine:
    url = sa.make_url(postgres.url("providers", "providers")).set(drivername="postgresql+psycopg")
    return sa.create_engine(url, poolclass=sa.NullPool)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(reaches, max_size=3), st.lists(records, min_size=1, max_size=20))
def test_sql_and_the_table_agree(engine: sa.Engine, within: Sequence[Within], whose: Sequence[Whose]) -> None:
    text, number = ("region", "municipality"), ("organisation", "service_point", "tutor")
    one_by_one = [
        sa.select(
            sa.literal(nth).label("nth"),
            *(sa.cast(getattr(each, name), sa.Text).label(name) for name in text),
            *(sa.cast(getattr(each, name), sa.Uuid).label(name) for name in number),
        )
        for nth, each in enumerate(whose)
    ]
    table = sa.union_all(*one_by_one).subquery()
    named = {column.name: column for column in table.c if column.name != "nth"}
    with engine.connect() as connection:
        found = set(connection.scalars(sa.select(table.c.nth).where(lies_within(within, **named))))
    assert found == {nth for nth, each in enumerate(whose) if any(reach.covers(each) for reach in within)}
