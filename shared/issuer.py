"""The token issuer's keys, the last known ones kept in a service's own database."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from shared.db import Base, Sessions, transaction
from shared.keys import IssuerKeys, JwkSet


class KeptKeys(Base):
    """The token issuer's last known public keys, for when it is out of reach. One row."""

    __tablename__ = "issuer_keys"
    single: Mapped[bool] = mapped_column(primary_key=True, server_default=sa.true())
    jwks: Mapped[JwkSet] = mapped_column(JSONB)


def issuer_keys(providers_url: str, sessions: Sessions) -> IssuerKeys:
    """Return the token issuer's keys, which are kept in this service's own database."""

    async def load() -> JwkSet | None:
        async with transaction(sessions) as session:
            return await session.scalar(sa.select(KeptKeys.jwks))

    async def keep(jwks: JwkSet) -> None:
        async with transaction(sessions) as session:
            await session.merge(KeptKeys(single=True, jwks=jwks))

    return IssuerKeys(f"{providers_url}/api/providers/v1/jwks.json", load, keep)
