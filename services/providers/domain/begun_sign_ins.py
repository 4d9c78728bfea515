"""How many sign-ins by passkey or single sign-on may be under way at one address: a library's whole staff may come from
one."""

MOST_BEGUN = 100


def may_begin(begun: int) -> bool:
    """Return whether one more may begin where so many are under way."""
    return begun < MOST_BEGUN
