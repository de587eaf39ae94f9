"""Which addresses HTTP Tasks may call."""

from __future__ import annotations

import socket

import pytest

from activities.address_guard import AddressGuard, AddressRefused, parse_networks

ON = AddressGuard(on=True)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_public(address: str) -> None:
    assert ON.permits(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.255.255.254",
        "::1",
        "0.0.0.0",
        "::",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "100.100.100.200",
        "169.254.169.254",
        "168.63.129.16",
        "fe80::1",
        "fe80::1%eth0",
        "fd00:ec2::254",
        "fc00::1",
        "224.0.0.1",
        "ff02::1",
        "255.255.255.255",
        "192.0.2.1",
        "2001:db8::1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "64:ff9b:1::7f00:1",
        "fec0::1",
        "::127.0.0.1",
        "4000::1",
    ],
)
def test_not_public(address: str) -> None:
    assert not ON.permits(address)


def test_plain_http_needs_an_allowed_network() -> None:
    guard = AddressGuard(on=True, allowed=parse_networks(["10.1.0.0/16", "fd00::/8"]))
    assert not guard.permits("8.8.8.8", secure=False)
    assert guard.permits("10.1.2.3", secure=False)
    assert guard.permits("fd00::1", secure=True)
    assert not guard.permits("10.2.0.1")


def test_off() -> None:
    assert AddressGuard(on=False).permits("127.0.0.1", secure=False)


def test_no_socket_for_a_refused_address() -> None:
    info = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 80))
    with pytest.raises(AddressRefused):
        ON.open_socket(info, secure=True)
    AddressGuard(on=False).open_socket(info, secure=True).close()
