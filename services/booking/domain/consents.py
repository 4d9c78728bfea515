"""Consents: whose tutors may have hours at whose service points."""

from uuid import UUID


def is_guest(tutor_of: UUID, point_of: UUID | None) -> bool:
    """Whether a tutor of one organisation needs the consent of the one that has a service point."""
    return point_of not in {None, tutor_of}


def is_allowed(*, said: bool | None, assumed: bool) -> bool:
    """Whether a guest may have new hours: as the point's organisation has `said`; before it has said anything, if their
    organisation had hours there when consents began."""
    return assumed if said is None else said
