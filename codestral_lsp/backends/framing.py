"""Where one message ends and the next begins in a streamed body: lines of JSON, or server-sent events.

Both take bytes as they come from the network, cut anywhere, and give the messages that are whole by then. Bytes that
are not UTF-8 become U+FFFD. A message that is longer than any real one raises ValueError.
"""

from __future__ import annotations

from typing import Protocol

MAX_MESSAGE = 1 << 20
"""The longest message in bytes. The longest real ones echo a whole prompt."""


def mended(text: str) -> str:
    """`text` with U+FFFD for each half of a surrogate pair: JSON can carry such halves, and nothing else can."""
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


class Framing(Protocol):
    """Finds the messages in a body."""

    def feed(self, chunk: bytes) -> list[str]:
        """The messages that `chunk` completes."""
        ...

    def end(self) -> list[str]:
        """The message that was not completed when the body ended, if any."""
        ...


class _Rows:
    """Cuts a body into lines, without their ends."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0

    def feed(self, chunk: bytes) -> list[str]:
        first, *others = chunk.split(b"\n")
        self._keep(first)
        if not others:
            return []
        rows = [b"".join(self._parts), *others[:-1]]
        self._parts, self._size = [], 0
        self._keep(others[-1])
        return [row.decode("utf-8", "replace").removesuffix("\r") for row in rows]

    def _keep(self, part: bytes) -> None:
        self._parts.append(part)
        self._size += len(part)
        if self._size > MAX_MESSAGE:
            raise ValueError(f"a line longer than {MAX_MESSAGE} bytes")


class Lines:
    """One message a line, as NDJSON has it; blank lines mean nothing."""

    def __init__(self) -> None:
        self._rows = _Rows()

    def feed(self, chunk: bytes) -> list[str]:
        """The messages that `chunk` completes."""
        return [row for row in self._rows.feed(chunk) if row.strip()]

    def end(self) -> list[str]:
        """The last line, if it has no end."""
        return self.feed(b"\n")


class Events:
    """Server-sent events: a message is the `data` of one; comments and other fields mean nothing."""

    def __init__(self) -> None:
        self._rows = _Rows()
        self._data: list[str] = []
        self._size = 0

    def feed(self, chunk: bytes) -> list[str]:
        """The messages that `chunk` completes."""
        messages = []
        for row in self._rows.feed(chunk):
            if not row:
                if self._data:
                    messages.append("\n".join(self._data))
                self._data, self._size = [], 0
            elif row.startswith("data:"):
                data = row[6:] if row.startswith("data: ") else row[5:]
                self._data.append(data)
                self._size += len(data)
                if self._size > MAX_MESSAGE:
                    raise ValueError(f"an event longer than {MAX_MESSAGE} characters")
        return messages

    def end(self) -> list[str]:
        """The last event, if no blank line closes it."""
        return self.feed(b"\n\n")
