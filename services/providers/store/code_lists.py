"""Queries of municipalities, postal codes and topics."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.providers.models import FormerMunicipality, Municipality, PostalCode, Topic
from shared.problems import InvalidReference

NAMED_IN = ("fi", "sv")
VILLAGES_JOINED_BY = " - "


async def referenced_municipality(session: AsyncSession, code: str) -> Municipality:
    """Return the municipality that somebody refers to; raises `InvalidReference`."""
    found = await session.get(Municipality, code)
    if found is None:
        raise InvalidReference(what=code)
    return found


async def unknown_topics(session: AsyncSession, codes: Sequence[str]) -> set[str]:
    """Return those of `codes` that are no topic that can be booked."""
    known = await session.scalars(sa.select(Topic.code).where(Topic.code.in_(codes), Topic.parent.is_(None)))
    return set(codes) - set(known)


async def municipality_codes(session: AsyncSession) -> dict[str, str]:
    """Return the code of every municipality, by its casefolded names and by itself, and by those that are part of it
    now."""
    found = {}
    former = await session.execute(
        sa.select(FormerMunicipality.name, FormerMunicipality.code, FormerMunicipality.merged_into)
    )
    now = await session.execute(sa.select(Municipality.name, Municipality.code, Municipality.code))
    for names, code, is_now in (*former, *now):  # a name that is somebody's today means them
        for name in (*names.values(), code):
            if name:
                found[name.casefold()] = is_now
    return found


async def is_region(session: AsyncSession, code: str) -> bool:
    """Return whether there is such a region."""
    return await session.scalar(sa.select(Municipality.code).where(Municipality.region == code).limit(1)) is not None


async def municipalities_of(session: AsyncSession, region: str, sub_regions: Sequence[str]) -> list[str]:
    """Return the codes of the municipalities of some sub-regions of a region."""
    wanted = sa.select(Municipality.code).where(Municipality.region == region, Municipality.sub_region.in_(sub_regions))
    return list(await session.scalars(wanted.order_by(Municipality.code)))


def has_postal_code(code: str) -> sa.ColumnElement[bool]:
    """Return the condition of being the municipality that a postal code is in."""
    return Municipality.code.in_(sa.select(PostalCode.municipality).where(PostalCode.code == code))


async def municipalities_named(session: AsyncSession, text: str) -> list[str]:
    """Return the codes of the municipalities that people mean by a name, in Finnish or Swedish, the surest way only:
    that are called so; that a former municipality or a village of this name is part of; in which one begins so.
    Villages are known by the names of postal codes, which may join several: "Kontula - Vesala"."""
    for meant in _ways_to_mean(sa.func.folded(" ".join(text.split()))):
        codes = list(await session.scalars(sa.select(Municipality.code).where(meant).order_by(Municipality.code)))
        if codes:
            return codes
    return []


def _ways_to_mean(name: sa.ColumnElement[str]) -> list[sa.ColumnElement[bool]]:
    former = [sa.func.folded(FormerMunicipality.name[language].astext) == name for language in NAMED_IN]
    villages = [sa.func.folded(PostalCode.name[language].astext) for language in NAMED_IN]
    called = [name == sa.any_(sa.func.string_to_array(village, VILLAGES_JOINED_BY)) for village in villages]
    begins = [sa.func.starts_with(village, name) for village in villages]
    return [
        name == sa.any_(Municipality.folded_names),
        sa.or_(
            Municipality.code.in_(sa.select(FormerMunicipality.merged_into).where(sa.or_(*former))),
            Municipality.code.in_(sa.select(PostalCode.municipality).where(sa.or_(*called))),
        ),
        Municipality.code.in_(sa.select(PostalCode.municipality).where(sa.or_(*begins))),
    ]
