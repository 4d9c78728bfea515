"""By what an address is counted."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.addresses import network_of


@given(st.ip_addresses(v=6), st.integers(0, 2**64 - 1))
def test_whoever_has_a_line_is_counted_once(address: ipaddress.IPv6Address, other: int) -> None:
    if address.ipv4_mapped is None:
        neighbour = ipaddress.IPv6Address((int(address) >> 64 << 64) + other)
        if neighbour.ipv4_mapped is None:
            assert network_of(str(neighbour)) == network_of(str(address))
        assert network_of(str(ipaddress.IPv6Address(int(address) ^ 1 << 64))) != network_of(str(address))


@given(st.ip_addresses(v=4))
def test_an_address_of_ipv4_is_counted_by_itself_however_it_is_written(address: ipaddress.IPv4Address) -> None:
    assert network_of(str(address)) == network_of(f"::ffff:{address}") == str(address)


@pytest.mark.parametrize("text", ["", "testclient", "192.0.2.1:80", "a" * 1000])
def test_what_is_no_address_is_counted_as_it_is(text: str) -> None:
    assert network_of(text) == text
