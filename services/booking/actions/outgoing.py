"""Fetching from an address that somebody has given, which may lead anywhere.

The address is somebody's secret and somebody's wish: it is never logged or shown, and it leads nowhere inside the
network. Names are resolved here, every address they have is judged, and the connection goes to the one that was judged.
"""

import asyncio
import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import httpx2

LARGEST = 5_000_000
# IPv4 in the last 32 bits of IPv6: NAT64 (RFC 6052), the old compatible form (RFC 4291), and SIIT's (RFC 2765).
EMBEDDING = tuple(map(ipaddress.IPv6Network, ("64:ff9b::/96", "::/96", "::ffff:0:0:0/96")))
# Not of the open internet, though some versions of ipaddress call them global: local NAT64 (RFC 8215), which may embed
# anything anywhere, the former site-local addresses (RFC 3879), and IETF's protocol assignments (RFC 6890).
INSIDE = tuple(map(ipaddress.ip_network, ("64:ff9b:1::/48", "fec0::/10", "192.0.0.0/24")))
SECONDS = 20
REDIRECTS = 3


class CalendarNotRead(Exception):
    """A calendar could not be read. The text may be shown to its owner, and holds nothing of the address."""


async def fetch(http: httpx2.AsyncClient, url: str, *, private: bool) -> bytes:
    """Return what stands at an address, after at most three redirects. Raises CalendarNotRead."""
    try:
        async with asyncio.timeout(SECONDS):
            for _ in range(REDIRECTS + 1):
                target = await _judged(url, private=private)
                answer = await _get(http, target)
                if isinstance(answer, bytes):
                    return answer
                url = urljoin(url, answer)
    except TimeoutError:
        raise CalendarNotRead("it did not answer in time") from None
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError):  # ValueError: no name or port can be so
        raise CalendarNotRead("it could not be reached") from None
    raise CalendarNotRead("it leads from one address to the next")


@dataclass(frozen=True)
class Target:
    """Where to connect, and what to ask for there."""

    address: str
    host: str
    port: int
    scheme: str
    path: str


@dataclass(frozen=True)
class WebPlace:
    """What an address says, before its host is looked up."""

    scheme: str
    host: str
    port: int
    path: str


def check_address(url: str) -> WebPlace:
    """Return what an address says. Raises CalendarNotRead for one that is none, or that holds a password."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:  # brackets or a port that nobody could connect to
        raise CalendarNotRead("its address is not right") from None
    scheme = {"webcal": "https", "webcals": "https"}.get(parts.scheme, parts.scheme)
    has_password = bool(parts.username or parts.password)
    if scheme not in ("http", "https") or not parts.hostname or has_password or not url.isprintable():
        raise CalendarNotRead("its address is not right")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return WebPlace(scheme, parts.hostname, port or (443 if scheme == "https" else 80), path)


async def _judged(url: str, *, private: bool) -> Target:
    """Return where to connect for an address. Raises CalendarNotRead for one that is none, or that leads inside."""
    place = check_address(url)
    address = await _address_of(place.host, place.port, private=private)
    return Target(address, place.host, place.port, place.scheme, place.path)


async def _address_of(host: str, port: int, *, private: bool) -> str:
    """Return the IP address to connect to. Raises CalendarNotRead when any of the host's lies inside, unless `private`:
    the next time that it is looked up, it could be the one."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses or not (private or all(is_public(address) for address in addresses)):
        raise CalendarNotRead("its address lies inside a private network")
    return addresses[0]


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet's, and not of a private, local or reserved range."""
    ip = ipaddress.ip_address(address.split("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        embedded = ip.ipv4_mapped or ip.sixtofour
        if any(ip in network for network in EMBEDDING):
            embedded = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if embedded is not None:
            return is_public(str(embedded))
    if any(ip in network for network in INSIDE):
        return False
    return ip.is_global and not ip.is_multicast


async def _get(http: httpx2.AsyncClient, target: Target) -> bytes | str:
    """Return the body, or where to look instead."""
    address = f"[{target.address}]" if ":" in target.address else target.address
    request = http.build_request(
        "GET",
        f"{target.scheme}://{address}:{target.port}{target.path}",
        headers={"Host": f"{target.host}:{target.port}", "Accept": "text/calendar"},
        extensions={"sni_hostname": target.host},
    )
    response = await http.send(request, stream=True, follow_redirects=False)
    try:
        if response.status_code in (301, 302, 303, 307, 308) and "location" in response.headers:
            return str(response.headers["location"])
        if response.status_code != 200:
            raise CalendarNotRead(f"it answers with {response.status_code}")
        return await _bounded(response)
    finally:
        await response.aclose()


async def _bounded(response: httpx2.Response) -> bytes:
    body = bytearray()
    async for part in response.aiter_bytes():
        body += part
        if len(body) > LARGEST:
            raise CalendarNotRead("it is larger than 5 MB")
    return bytes(body)
