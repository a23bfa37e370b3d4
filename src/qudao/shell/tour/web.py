"""The product's own web application on a port of this machine, for the tour's API client."""

import base64
import contextlib
import datetime as dt
import json
import logging
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from typing import Any
from wsgiref import simple_server

from django.conf import settings
from django.core.handlers import wsgi
from django.test.utils import override_settings

HOST = "127.0.0.1"


class Clock:
    """Requests happen at the tour's instant: its dates are fixed."""

    now: dt.datetime

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request):
        request.now = self.now
        return self.get_response(request)


class _Quiet(simple_server.WSGIRequestHandler):
    def log_message(self, format: str, *arguments: Any) -> None:
        pass


@contextlib.contextmanager
def served(now: dt.datetime) -> Iterator[str]:
    """The address of the application while the block runs; its requests happen at `now`."""
    Clock.now = now
    settings.STATIC_ROOT.mkdir(exist_ok=True)
    requests = logging.getLogger("django.request")
    requests.setLevel(logging.ERROR)
    after = "qudao.shell.middleware.Actors"
    at = settings.MIDDLEWARE.index(after) + 1
    middleware = [*settings.MIDDLEWARE[:at], f"{__name__}.Clock", *settings.MIDDLEWARE[at:]]
    with override_settings(MIDDLEWARE=middleware, ALLOWED_HOSTS=[HOST], SECURE_SSL_REDIRECT=False):
        application = wsgi.WSGIHandler()
        server = simple_server.make_server(HOST, 0, application, handler_class=_Quiet)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://{HOST}:{server.server_port}"
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


def token(address: str, client_id: str, secret: str) -> str:
    """An access token by OAuth 2 client credentials (RFC 6749 §4.4)."""
    basic = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
    _, found = call(
        "POST",
        f"{address}/api/oauth/token",
        urllib.parse.urlencode({"grant_type": "client_credentials"}).encode(),
        {"Authorization": f"Basic {basic}", "Content-Type": "application/x-www-form-urlencoded"},
    )
    return found["access_token"]


def call(
    method: str, address: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
) -> tuple[int, Any]:
    """Status and JSON of one request."""
    request = urllib.request.Request(address, data=body, method=method, headers=dict(headers or {}))
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as answer:
        with answer:
            return answer.code, json.load(answer)
