"""Where webhooks may go: public addresses over HTTPS, and what the station's settings allow by name.

The name is looked up here, each address is checked, and the connection is made to the address that was checked: what a
name server says later, or a redirect, leads nowhere else. Redirects are not followed at all.
"""

import asyncio
import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from grader.api.errors import BadTargetError

PORTS = {"https": 443, "http": 80}
LONGEST = 2048
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Target:
    """An endpoint's address, taken apart."""

    scheme: str
    host: str
    port: int
    path: str
    """With the query."""
    private: bool
    """Whether it may lie in a private network."""

    @property
    def authority(self) -> str:
        """What the header Host says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


def target_of(url: str, private_targets: tuple[str, ...]) -> Target:
    """Take an address apart; raises `BadTargetError` with what would help."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise BadTargetError("the address cannot be read: write it like https://erp.example.org/hooks") from error
    host = (parts.hostname or "").lower()
    if len(url) > LONGEST or not url.isascii() or not url.isprintable() or " " in url or not host:
        raise BadTargetError("the address cannot be read: write it like https://erp.example.org/hooks")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise BadTargetError("the address holds a password or a fragment: leave it out; the signature says who sends")
    private = host in private_targets
    if parts.scheme != "https" and not (parts.scheme == "http" and private):
        raise BadTargetError("webhooks are sent to https:// alone, but for hosts in private_targets of station.toml")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    target = Target(parts.scheme, host, port or PORTS[parts.scheme], path, private)
    literal = _literal(host)
    if literal is not None:
        _check(literal, target)
    return target


async def addresses_of(target: Target) -> list[str]:
    """The addresses to connect to, each checked; raises `BadTargetError`, and `OSError` where the name is unknown."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(where[4][0]) for where in found))
    for address in addresses:
        _check(ipaddress.ip_address(address.partition("%")[0]), target)
    return addresses


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _check(address: Address, target: Target) -> None:
    """One that is not reached over the public network needs its name in the settings."""
    if not is_public(address) and not target.private:
        raise BadTargetError(
            f"{target.host} lies in a private network: allow it by name in private_targets of station.toml, or choose "
            "another address"
        )


def is_public(address: Address) -> bool:
    """Whether it is a host's in the public network; what wraps another address is judged by that one."""
    if isinstance(address, ipaddress.IPv6Address):
        for inner in (address.ipv4_mapped, address.sixtofour):
            if inner is not None:
                return is_public(inner)
        if address.teredo is not None or address in NAT64:
            return False
    return address.is_global and not address.is_multicast


NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
