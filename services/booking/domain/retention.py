"""What booking's tables hold of a person, and how long. A table is in one of these, or a test fails."""

from shared.retention import KEPT_EVERYWHERE, NOTHING_ANYWHERE, Kept

KEPT: Kept = {
    "citizen": ("visit", "cancelled", "non_disclosure", "address"),
    "farewell": ("farewell",),
    "former_contact": ("former_contact",),
    "replaced_contact": ("former_contact",),
    "lost_link": ("lost_link",),
    "feedback_text": ("visit", "non_disclosure"),
    "waiting_citizen": ("waiting",),
    "anonymous_use": ("counts",),
    "appointment": ("ids",),
    "transition": ("ids",),
    "feedback": ("ids",),
    "waiting": ("ids",),
    "walk_in": ("ids",),
    "event": ("ids",),
    "tutor": ("tutor",),
    "availability": ("tutor",),
    "extra_time": ("tutor",),
    "absence": ("tutor",),
    "tutor_time": ("tutor",),
    "own_calendar": ("tutor",),
    "calendar_subscription": ("tutor",),
    "new_appointments": ("tutor",),
    "busy_elsewhere": ("tutor",),
    **KEPT_EVERYWHERE,
}
NOTHING_OF_A_PERSON = NOTHING_ANYWHERE | {
    "assumed_consent",
    "claim",
    "closing",
    "consent",
    "demand",
    "free_span",
    "municipality",
    "notice",
    "offering",
    "organisation",
    "service_point",
    "staffed_day",
}
