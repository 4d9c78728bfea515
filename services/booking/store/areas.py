"""Where: municipalities, what lies around a point, and the area that a slot is in."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from shared.db import Connection


@dataclass(frozen=True)
class MunicipalityArea:
    """A municipality as the search needs it."""

    code: str
    region: str
    sub_region: str
    neighbours: list[str]
    lat: float | None
    lon: float | None

    @property
    def centre(self) -> tuple[float, float] | None:
        """Its middle, when it is known."""
        return (self.lat, self.lon) if self.lat is not None and self.lon is not None else None


AREA = "SELECT code, region, sub_region, neighbours, lat, lon FROM municipality WHERE code = %(code)s"
OF_SUB_REGION = "SELECT code FROM municipality WHERE sub_region = %(code)s ORDER BY code"
# A degree of latitude is 111.2 km; a degree of longitude shrinks with its cosine.
NEAR = """
    SELECT id, km FROM (
        SELECT id, 6371 * 2 * asin(sqrt(
            power(sin(radians(lat - %(lat)s) / 2), 2)
            + cos(radians(%(lat)s)) * cos(radians(lat)) * power(sin(radians(lon - %(lon)s) / 2), 2))) AS km
        FROM service_point
        WHERE active AND lat BETWEEN %(lat)s - %(km)s / 111.0 AND %(lat)s + %(km)s / 111.0
          AND abs(lon - %(lon)s) <= %(km)s / (111.0 * cos(radians(%(lat)s)))
    ) AS near WHERE km <= %(km)s ORDER BY km, id
"""


async def area(connection: Connection, code: str) -> MunicipalityArea | None:
    """Return the municipality with this code; None when there is none."""
    row = await (await connection.execute(AREA, {"code": code})).fetchone()
    return MunicipalityArea(*row) if row else None


async def of_sub_region(connection: Connection, code: str) -> list[str]:
    """Return the codes of the municipalities of a sub-region."""
    return [row[0] for row in await (await connection.execute(OF_SUB_REGION, {"code": code})).fetchall()]


POINTS_IN = """
    SELECT id FROM service_point
    WHERE active AND (%(municipalities)s::text[] IS NULL OR municipality = ANY (%(municipalities)s))
      AND (%(region)s::text IS NULL OR region = %(region)s)
"""


async def points_in(
    connection: Connection, municipalities: Sequence[str] | None, region: str | None
) -> list[uuid.UUID]:
    """Return the active service points of municipalities or of a region; without either, all."""
    values = {"municipalities": list(municipalities) if municipalities is not None else None, "region": region}
    return [row[0] for row in await (await connection.execute(POINTS_IN, values)).fetchall()]


async def near(connection: Connection, lat: float, lon: float, km: float) -> list[tuple[uuid.UUID, float]]:
    """Return the active service points within so many kilometres, the nearest first, with their distances."""
    return await (await connection.execute(NEAR, {"lat": lat, "lon": lon, "km": km})).fetchall()


SLOT_SCOPE = """
    SELECT coalesce(p.region, t.region), p.municipality FROM (SELECT 1) AS one
    LEFT JOIN tutor t ON t.id = coalesce(%(tutor)s, (SELECT id FROM tutor WHERE organisation_id =
        (SELECT organisation_id FROM offering WHERE id = %(offering)s) ORDER BY id LIMIT 1))
    LEFT JOIN service_point p ON p.id = %(point)s
"""


async def scope_of(
    connection: Connection, tutor: uuid.UUID | None, offering: uuid.UUID, point: uuid.UUID | None
) -> tuple[str | None, str | None]:
    """Return the region and the municipality that a slot is in, as far as they are known."""
    values = {"tutor": tutor, "offering": offering, "point": point}
    row = await (await connection.execute(SLOT_SCOPE, values)).fetchone()
    return row if row else (None, None)
