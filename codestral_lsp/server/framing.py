"""LSP's base protocol: messages cut out of a byte stream by their Content-Length headers.

Header names are matched in any letter case; unknown headers are passed over. A header block without a usable
length is skipped up to the next one, so that one bad frame costs one message and not the connection.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

# Not bound to the start of a line: behind a frame that was given up, the next header follows its body directly.
_LENGTH = re.compile(rb"content-length[ \t]*:[ \t]*(\d{1,19})[ \t]*\r?(?:\n|\Z)", re.IGNORECASE)
_BLOCK_END = re.compile(rb"\r?\n\r?\n")
MAX_HEADER_BYTES = 16 * 1024


class FrameDecoder:
    """Feed it bytes as they come, in whatever portions; it gives back whole message bodies, in order."""

    def __init__(self, max_body_bytes: int = 512 * 1024 * 1024) -> None:
        self._buffer = bytearray()
        self._max_body_bytes = max_body_bytes
        self._body_bytes: int | None = None
        self.dropped = 0
        """Frames and runs of garbage that were skipped so far."""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Take in `data`; yield every body that is now complete."""
        self._buffer += data
        while True:
            if self._body_bytes is None and not self._read_header():
                return
            if self._body_bytes is None:
                continue
            if len(self._buffer) < self._body_bytes:
                return
            body = bytes(self._buffer[: self._body_bytes])
            del self._buffer[: self._body_bytes]
            self._body_bytes = None
            yield body

    def _read_header(self) -> bool:
        """Take one header block off the buffer; False if it has not all arrived."""
        end = _BLOCK_END.search(self._buffer)
        if end is None:
            if len(self._buffer) > MAX_HEADER_BYTES:
                self.dropped += 1
                del self._buffer[:-64]
            return False
        # Garbage may stand in front of the header; the last length in the block is the one next to the body.
        lengths = _LENGTH.findall(self._buffer, 0, end.start())
        del self._buffer[: end.end()]
        if not lengths or int(lengths[-1]) > self._max_body_bytes:
            # A length beyond reason is more likely wrong than true: look for the next header instead of waiting for it.
            self.dropped += 1
        else:
            self._body_bytes = int(lengths[-1])
        return True


def frame(body: bytes) -> bytes:
    """A message as it goes over the wire."""
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
