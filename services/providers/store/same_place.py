"""Which service point a record of another register is of."""

import uuid
from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

# The same place in another source: of the same name in Finnish or Swedish, or within some hundred metres of a similar
# one that is of the same kind. What a place is stands in the last word of its name: a library beside the town hall is
# not the town hall. Two points that are one can be put right by hand; one that is two hides a place.
SAME_PLACE = sa.text("""
    SELECT p.id FROM service_point p
    WHERE p.municipality = :municipality
      AND NOT EXISTS (SELECT FROM source_record r WHERE r.service_point_id = p.id AND r.source = :source)
      AND EXISTS (SELECT FROM source_record r WHERE r.service_point_id = p.id)
      AND (folded(p.name->>'fi') = folded(CAST(:name AS text))
           OR folded(p.name->>'sv') = folded(CAST(:swedish AS text))
           OR abs(p.lat - CAST(:lat AS double precision)) < 0.001
              AND abs(p.lon - CAST(:lon AS double precision)) < 0.001 / cos(radians(CAST(:lat AS double precision)))
              AND regexp_replace(folded(CAST(:name AS text)), '^.*\\s', '')
                  = regexp_replace(folded(p.name->>'fi'), '^.*\\s', '')
              AND similarity(folded(CAST(:name AS text)), folded(p.name->>'fi')) >= 0.5)
    ORDER BY (folded(p.name->>'fi') = folded(CAST(:name AS text))
              OR folded(p.name->>'sv') = folded(CAST(:swedish AS text))) IS TRUE DESC, p.id LIMIT 1
""")


async def same_place(
    session: AsyncSession, source: str, municipality: str, fields: Mapping[str, object]
) -> uuid.UUID | None:
    """Return the id of the service point that another source has brought and that these fields mean, if there is
    one."""
    values = {
        "name": fields.get("name.fi"),
        "swedish": fields.get("name.sv"),
        "lat": fields.get("lat"),
        "lon": fields.get("lon"),
    }
    found: uuid.UUID | None = await session.scalar(
        SAME_PLACE, {"source": source, "municipality": municipality, **values}
    )
    return found
