"""Keeps every Python process of the tests on this machine.

A connection to another machine, and a question to a name server, raises before a packet leaves, and is written down in
the file that `CODESTRAL_TEST_LEFT` names: what a program catches and hides is known all the same. Python imports a
module of this name by itself at start-up, so a folder in `PYTHONPATH` guards whole trees of processes. It judges
addresses by itself: nothing of the product has a say in whether the product stayed where it had to.
"""

from __future__ import annotations

import contextlib
import os
import socket
import sys

LEFT = "CODESTRAL_TEST_LEFT"
RESERVED = (".invalid", ".example", ".test")
"""Names that no name server knows (RFC 2606): what looks them up is told so."""
_CONNECTS = ("socket.connect", "socket.sendto", "socket.sendmsg")
_LOOKS_UP = ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr")


def install() -> None:
    """Guard this process from here on; once is enough, and it cannot be undone."""
    if not getattr(socket, "codestral_guarded", False):
        socket.codestral_guarded = True  # type: ignore[attr-defined]
        sys.addaudithook(_guard)


def _guard(event: str, arguments: tuple[object, ...]) -> None:
    if event in _CONNECTS:
        address = arguments[1]
        if isinstance(address, tuple) and not stays(str(address[0])):
            _refuse(f"{event} {address[0]}:{address[1]}")
    elif event in _LOOKS_UP:
        host = arguments[0]
        name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host or "")
        if not (stays(name) or _is_address(name)):
            if name.endswith(RESERVED):
                _note(f"name {name}")
                raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
            _refuse(f"{event} {name}")


def stays(host: str) -> bool:
    """Whether a host is this machine, without asking anybody."""
    host = host.lower().partition("%")[0]
    return host in ("", "localhost", "::1", "::", "0.0.0.0") or host.removeprefix("::ffff:").startswith("127.")


def _is_address(host: str) -> bool:
    """Whether it is an address, which is looked up without asking anybody."""
    for family in (socket.AF_INET, socket.AF_INET6):
        with contextlib.suppress(OSError, ValueError):
            socket.inet_pton(family, host.partition("%")[0])
            return True
    return False


def _refuse(what: str) -> None:
    _note(what)
    raise RuntimeError(f"{what} would have left this machine")


def _note(what: str) -> None:
    if path := os.environ.get(LEFT):
        with open(path, "a", encoding="utf-8") as file:
            file.write(f"{what}\n")


if os.environ.get(LEFT):
    install()
