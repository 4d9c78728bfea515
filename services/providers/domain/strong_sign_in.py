"""Who must sign in with a passkey or at an identity provider. A code opens what it can to whoever reads a mailbox."""

from collections.abc import Collection, Mapping

BY_DEFAULT = frozenset({"coordinator", "sub_coordinator"})


def is_bound(how: str, roles: Collection[str], region: str, asked: Mapping[str, Collection[str]]) -> bool:
    """Return whether a login may do nothing but add the first passkey: a code has opened it, and somebody with one of
    these roles must sign in otherwise there. `asked` names such roles by region; of others, `BY_DEFAULT` are."""
    return how == "code" and not frozenset(asked.get(region, BY_DEFAULT)).isdisjoint(roles)
