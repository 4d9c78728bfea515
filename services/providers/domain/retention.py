"""What the registry's tables hold of a person, and how long. A table is in one of these, or a test fails."""

from shared.retention import KEPT_EVERYWHERE, NOTHING_ANYWHERE, Kept

KEPT: Kept = {
    "person": ("account",),
    "role_grant": ("account",),
    "pending_grant": ("grant",),
    "grant_notice": ("grant",),
    "passkey": ("account",),
    "identity": ("account",),
    "tutor": ("tutor",),
    "event": ("tutor", "ids"),
    "sign_in": ("sign_in",),
    "signed_in": ("login",),
    "challenge": ("attempt",),
    "single_sign_on": ("attempt",),
    **KEPT_EVERYWHERE,
}
# Organisations and service points have public contacts, which are nobody's own.
NOTHING_OF_A_PERSON = NOTHING_ANYWHERE | {
    "api_client",
    "consent",
    "former_municipality",
    "municipality",
    "offering",
    "opening_day",
    "organisation",
    "postal_code",
    "service_point",
    "source_record",
    "topic",
}
