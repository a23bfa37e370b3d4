"""Bodies of requests that arrive whole or not at all.

Django takes the end of the connection for the end of a form: of "quantity=100" cut off half-way it reads
"quantity=1". Here a body that ends before its Content-Length is an error, and nothing is done.
"""

from collections.abc import Callable, Iterable
from typing import Any

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class BodyCutOffError(OSError):
    """The sender left before the whole body had come; Django makes an UnreadablePostError of it."""


class Body:
    """A WSGI input of which `length` bytes must come."""

    def __init__(self, stream: Any, length: int) -> None:
        self._stream, self._missing = stream, length

    def read(self, size: int = -1) -> bytes:
        wanted = self._missing if size < 0 else min(size, self._missing)
        parts = []
        while wanted:
            parts.append(self._taken(self._stream.read(wanted)))
            wanted -= len(parts[-1])
        return b"".join(parts)

    def readline(self, size: int = -1) -> bytes:
        wanted = self._missing if size < 0 else min(size, self._missing)
        return self._taken(self._stream.readline(wanted)) if wanted else b""

    def _taken(self, data: bytes) -> bytes:
        if not data:
            raise BodyCutOffError(f"the connection ended {self._missing:,} bytes before the end of the body")
        self._missing -= len(data)
        return data


def whole(application: Application) -> Application:
    """The application with such bodies."""

    def answering(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        length = environ.get("CONTENT_LENGTH") or ""
        if length.isdigit() and int(length):
            environ["wsgi.input"] = Body(environ["wsgi.input"], int(length))
        return application(environ, start_response)

    return answering
