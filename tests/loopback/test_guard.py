"""The guard itself: what it lets through, what it stops, and that nothing hides from it."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys

import pytest

from tests.conftest import left
from tests.loopback.sitecustomize import stays

# Addresses that documents are written with (RFC 5737, 3849): nobody has them.
ELSEWHERE = ["192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1"]


@pytest.mark.parametrize("host", ELSEWHERE)
def test_a_connection_to_another_machine_raises(host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as one, pytest.raises(RuntimeError, match="left this machine"):
        one.connect((host, 443))
    with socket.socket(family, socket.SOCK_DGRAM) as one, pytest.raises(RuntimeError, match="left this machine"):
        one.sendto(b"x", (host, 53))
    assert left() == [f"socket.connect {host}:443", f"socket.sendto {host}:53"]


async def test_what_is_caught_is_known_all_the_same() -> None:
    with pytest.raises(RuntimeError, match="left this machine"):
        await asyncio.open_connection("192.0.2.1", 443)
    with pytest.raises(RuntimeError, match="left this machine"):
        await asyncio.open_connection("mistral.ai", 443)
    assert left() == ["socket.connect 192.0.2.1:443", "socket.getaddrinfo mistral.ai"]


def test_names_that_nobody_has_are_not_found_and_not_asked_for() -> None:
    with pytest.raises(socket.gaierror):
        socket.getaddrinfo("host.invalid", 80)
    assert left() == ["name host.invalid"]


def test_other_processes_are_guarded_too() -> None:
    code = "import socket; socket.socket().connect(('192.0.2.1', 443))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "would have left" in done.stderr
    assert left() == ["socket.connect 192.0.2.1:443"]


async def test_this_machine_is_within_reach() -> None:
    server = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    for host in ("127.0.0.1", "localhost"):
        _, writer = await asyncio.open_connection(host, port)
        writer.close()
    server.close()


@pytest.mark.parametrize(
    ("host", "is_here"),
    [
        ("127.8.9.1", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("127.0.0.1.example.com", False),
        ("10.0.0.1", False),
    ],
)
def test_which_hosts_are_here(host: str, is_here: bool) -> None:
    assert stays(host) == (is_here or host.startswith("127."))
