"""What the replays need: an empty environment for the server's process."""

from tests.server.conftest import environ

__all__ = ["environ"]
