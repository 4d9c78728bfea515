"""Internet addresses, as those are counted by them who have not signed in."""

import ipaddress


def network_of(address: str) -> str:
    """Return what an address is counted by: of IPv6 its first 64 bits, since whoever has a line has all addresses that
    begin so (RFC 4291 section 2.5.1), of IPv4 itself. What is no address is returned as it is."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv4Address):
        return str(ip)
    return str(ip.ipv4_mapped or ipaddress.IPv6Network((int(ip), 64), strict=False))
