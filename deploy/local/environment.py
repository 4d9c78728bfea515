"""Which settings a process of a service is told: those that it reads, and no other service's secrets."""

from collections.abc import Mapping

SETTING = "VUORO_"
COMMON = frozenset({"VUORO_PUBLIC_URL", "VUORO_PROVIDERS_URL", "VUORO_BOOKING_URL", "VUORO_ZONE", "VUORO_TRUSTED_KEYS"})
SERVING = frozenset({"VUORO_HOST", "VUORO_LISTEN_PORT"})
OWNERS = "_OWNER_DATABASE_URL"  # for migrating alone
# `notify` sends by them, `web` says by them where a message went, and `booking` who is to be called.
SMS_COUNTRIES = frozenset({"VUORO_NOTIFY_SMS_COUNTRIES", "VUORO_NOTIFY_SMS_COUNTRIES_OF_REGIONS"})
MAILBOX = frozenset({"VUORO_MAILBOX", "VUORO_SMTP_PORT"})
READ_BY = {
    "providers": COMMON | SERVING,
    "booking": COMMON | SERVING | SMS_COUNTRIES,
    "notify": COMMON | SERVING,
    "web": ((COMMON | SERVING) - {"VUORO_TRUSTED_KEYS"}) | SMS_COUNTRIES,
    "mailbox": MAILBOX | SERVING,
}


def told(service: str, environment: Mapping[str, str]) -> dict[str, str]:
    """Return what of `environment` a process of `service` is told: what is no setting of Vuoro, what several services
    read, and what is called after this one."""
    return {name: value for name, value in environment.items() if _is_for(service, name)}


def _is_for(service: str, name: str) -> bool:
    if not name.startswith(SETTING) or name in READ_BY[service]:
        return True
    if name.endswith(OWNERS):
        return False
    return name.startswith(f"{SETTING}{service.upper()}_") and name not in COMMON
