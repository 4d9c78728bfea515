"""Internet addresses, by which those who have not signed in are counted."""

import ipaddress

from starlette.requests import HTTPConnection


def address_of(request: HTTPConnection) -> str:
    """Return whence a request comes, as the gateway says; empty when nobody does."""
    return request.client.host if request.client else ""


def network_of(address: str) -> str:
    """Return what an address is counted by: of IPv6 its first 64 bits, since whoever has a connection has all addresses
    that begin so (RFC 4291 section 2.5.1), of IPv4 itself. What is no address is returned as it is."""
    return known_network(address) or address


def known_network(address: str) -> str | None:
    """Return likewise what an address is counted by; None of what is no address, such as the name of a socket."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return None
    if isinstance(ip, ipaddress.IPv4Address):
        return str(ip)
    return str(ip.ipv4_mapped or ipaddress.IPv6Network((int(ip), 64), strict=False))
