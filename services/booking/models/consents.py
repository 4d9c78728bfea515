"""Consents that nobody has given."""

import uuid

from sqlalchemy.orm import Mapped, mapped_column

from services.booking.models.base import Base


class AssumedConsent(Base):
    """An organisation whose tutors had hours at another's service point when consents began, until the registry says
    anything of them."""

    __tablename__ = "assumed_consent"
    service_point_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
