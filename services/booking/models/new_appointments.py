"""What was booked for tutors since they last looked."""

import datetime as dt
import uuid

from sqlalchemy.orm import Mapped, mapped_column

from services.booking.models.base import Base


class NewAppointments(Base):
    """Until when a tutor has seen what was booked for them: what came later is new."""

    __tablename__ = "new_appointments"
    tutor_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    seen_until: Mapped[dt.datetime]
