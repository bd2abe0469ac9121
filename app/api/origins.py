"""Reading the Host and Origin headers strictly: what cannot be read plainly is not trusted."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

_NAME = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?\Z", re.ASCII)
_PORT = re.compile(r"[0-9]{1,5}\Z", re.ASCII)
_DEFAULT_PORTS = {"http": 80, "https": 443}
_LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Authority:
    """``host[:port]`` of a header: the host in lower case without brackets, the port only if it was said."""

    host: str
    port: int | None

    @property
    def local(self) -> bool:
        """Whether the name can only mean this machine."""
        return self.host in _LOCAL_NAMES


@dataclass(frozen=True)
class Origin:
    """``scheme://host[:port]`` of an Origin header."""

    scheme: str
    authority: Authority


def parse_authority(text: str) -> Authority | None:
    """Reads ``host``, ``host:port``, ``[v6]`` or ``[v6]:port``; None for anything else."""
    lowered = text.lower()
    if lowered.startswith("["):
        host, closed, rest = lowered[1:].partition("]")
        if not closed or not _is_ipv6(host) or (rest and not rest.startswith(":")):
            return None
        return _with_port(host, rest[1:] if rest else None)
    host, colon, port = lowered.partition(":")
    if not _NAME.match(host):
        return None
    return _with_port(host, port if colon else None)


def parse_origin(text: str) -> Origin | None:
    """Reads ``http://host`` or ``https://host:port``; None for ``null``, other schemes, paths and everything else."""
    scheme, separator, rest = text.partition("://")
    scheme = scheme.lower()
    if not separator or scheme not in _DEFAULT_PORTS:
        return None
    authority = parse_authority(rest)
    return Origin(scheme, authority) if authority else None


def same_place(origin: Origin, host: Authority) -> bool:
    """Whether a page of ``origin`` was served by the server that is addressed as ``host``.

    The scheme is not compared, since a tunnel or proxy may have taken TLS off; a missing port stands for the
    default one of the origin's scheme.
    """
    default = _DEFAULT_PORTS[origin.scheme]
    return origin.authority.host == host.host and (origin.authority.port or default) == (host.port or default)


def is_loopback(peer: str | None) -> bool:
    """Whether the other end of the connection is on this machine."""
    if not peer:
        return False
    try:
        address = ipaddress.ip_address(peer.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)


def _with_port(host: str, port: str | None) -> Authority | None:
    if port is None:
        return Authority(host, None)
    if not _PORT.match(port) or not 0 < int(port) < 65536:
        return None
    return Authority(host, int(port))


def _is_ipv6(text: str) -> bool:
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return True
