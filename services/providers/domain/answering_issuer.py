"""Whose answer somebody comes back with, where several identity providers are known (RFC 9207 section 2.4)."""


def is_from(said: str | None, issuer: str, *, always_says: bool) -> bool:
    """Return whether an answer may be of the provider `issuer`, which was asked: it says so, or says nothing and is not
    known to `always_says`. Compared letter by letter (RFC 3986 section 6.2.1)."""
    return said == issuer if said is not None else not always_says
