"""Which addresses an HTTP Task may call: only public ones, unless the installation says otherwise.

Definitions and inputs choose the URL, so that without a guard whoever may start an execution could reach the loopback
interface, the private network and the cloud's metadata service of the worker. The address is judged where the socket
for it is made: it is the one that is connected to, whatever a name resolves to a moment later, also after redirects.
"""

from __future__ import annotations

import socket
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any, Final, TypeAlias

Network: TypeAlias = IPv4Network | IPv6Network
_Address: TypeAlias = IPv4Address | IPv6Address

_EMBEDDING: Final = ip_network("64:ff9b::/96")
"""NAT64: the last 32 bits are an IPv4 address (RFC 6052)."""

_UNICAST: Final = ip_network("2000::/3")
"""All of IPv6 that is given out to be reached from everywhere (IANA, "IPv6 Address Space")."""

_METADATA: Final = frozenset({ip_address("168.63.129.16")})
"""Services of clouds that stand at addresses which look public."""


class AddressRefused(OSError):
    """The guard does not let an address be called by `tasks`; the text says which setting would."""

    def __init__(self, tasks: str) -> None:
        # One text for all addresses of a host: then the client reports it and not "several exceptions".
        super().__init__(
            f"the host has no public address, and {tasks} may call public addresses only, besides the networks in "
            "http_guard_allowed (STEPLOOM_HTTP_GUARD_ALLOWED)"
        )


@dataclass(frozen=True, slots=True)
class AddressGuard:
    """Judges addresses.

    Attributes:
        on: whether only public addresses may be called, over TLS only.
        allowed: networks that may be called nevertheless, without TLS too.
    """

    on: bool
    allowed: tuple[Network, ...] = ()

    def permits(self, address: str, *, secure: bool = True) -> bool:
        """Whether a numeric address may be connected to; `secure` says that TLS will be spoken."""
        if not self.on:
            return True
        parsed = ip_address(address.partition("%")[0])
        if any(parsed in network for network in self.allowed if network.version == parsed.version):
            return True
        return secure and _is_public(parsed)

    def open_socket(self, info: tuple[Any, ...], *, secure: bool) -> socket.socket:
        """A socket for an entry of `getaddrinfo`, as aiohttp's `socket_factory`.

        Raises:
            AddressRefused: its address may not be called.
        """
        family, kind, protocol, _, address = info
        if not self.permits(str(address[0]), secure=secure):
            raise AddressRefused("HTTP Tasks")
        return socket.socket(family, kind, protocol)


def parse_networks(texts: Sequence[str]) -> tuple[Network, ...]:
    """Networks such as `10.1.0.0/16`, or single addresses. Raises: ValueError."""
    return tuple(ip_network(text) for text in texts)


def is_loopback(host: str) -> bool:
    """Whether a host, as a server is told to listen on it, can be reached from this machine only."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _is_public(address: _Address) -> bool:
    inner = _embedded(address)
    if inner is not None and not _is_public(inner):
        return False
    if isinstance(address, IPv6Address) and inner is None and address not in _UNICAST:
        return False  # `is_global` holds for what was given up or never given out: fec0::1, ::127.0.0.1
    return address.is_global and not address.is_multicast and address not in _METADATA


def _embedded(address: _Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 one leads to."""
    if isinstance(address, IPv4Address):
        return None
    if address in _EMBEDDING:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)
