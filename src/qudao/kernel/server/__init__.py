"""The private PostgreSQL that comes with the program."""

from qudao.kernel.server.embedded import EmbeddedServer, ServerError

__all__ = ["EmbeddedServer", "ServerError"]
