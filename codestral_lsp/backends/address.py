"""Which addresses are this machine's own."""

from __future__ import annotations

import asyncio
import ipaddress
import socket


def is_loopback(address: str) -> bool:
    """Whether an IP address, written out, is one that never leaves the machine."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(ip, "ipv4_mapped", None)
    # A server that listens on 0.0.0.0 or [::] is reached there too, on this machine only.
    return ip.is_loopback or ip.is_unspecified or (mapped is not None and mapped.is_loopback)


async def addresses(host: str, port: int, *, may_ask: bool = True) -> list[str]:
    """The IP addresses of `host`; raises OSError if it has none.

    No name server is asked for what is an address already, nor for `localhost`, and for nothing unless `may_ask`.
    """
    if host.lower().rstrip(".") == "localhost":
        return ["127.0.0.1", "::1"]
    try:
        return [str(ipaddress.ip_address(host))]
    except ValueError:
        if not may_ask:
            raise socket.gaierror(socket.EAI_NONAME, "no name server may be asked") from None
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


async def is_local(host: str, port: int, *, may_ask: bool = True) -> bool:
    """Whether every address of `host` is this machine's own; a name that cannot be resolved is not."""
    try:
        return all(is_loopback(address) for address in await addresses(host, port, may_ask=may_ask))
    except (OSError, UnicodeError):
        return False
