"""The site in a thread of this process, Chromium, and what signing in leaves in it: for tests and for shots."""

import contextlib
import os
import pathlib
import shutil
import socketserver
import threading
from collections.abc import Iterator
from wsgiref import simple_server

# Playwright's loop runs in the thread of the tests, which reach the database between its calls.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.wsgi import get_wsgi_application

from qudao.shell import arriving

# A bound, not a measure: machines that run other work too are slow at times.
LONGEST_MS = 20_000
# The pages need no graphics card, and nothing of the browser's own is to reach out.
FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
ROOT = pathlib.Path(__file__).resolve().parents[2]


def chromium() -> str | None:
    """QUDAO_CHROMIUM, or the browser this machine has."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    return os.environ.get("QUDAO_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


def missing() -> str | None:
    """In one line, why no browser can run here; None when one can."""
    if chromium() is None:
        return "Chromium is missing: install it, or name it in QUDAO_CHROMIUM"
    if not (ROOT / "node_modules").is_dir():
        return "node_modules is missing: run npm ci"
    return None


class _Server(socketserver.ThreadingMixIn, simple_server.WSGIServer):
    daemon_threads = True


class _Quiet(simple_server.WSGIRequestHandler):
    def log_message(self, *_):
        pass


@contextlib.contextmanager
def served() -> Iterator[str]:
    """The address of the running site."""
    server = simple_server.make_server(
        "127.0.0.1", 0, arriving.whole(get_wsgi_application()), server_class=_Server, handler_class=_Quiet
    )
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@contextlib.contextmanager
def launched(language: str = "zh_CN") -> Iterator:
    """Chromium, without a window; its own fields for days follow the language."""
    from playwright import sync_api

    with sync_api.sync_playwright() as playwright:
        found = playwright.chromium.launch(
            executable_path=chromium(), args=FLAGS, env={**os.environ, "LANGUAGE": language}
        )
        sync_api.expect.set_options(timeout=LONGEST_MS)
        yield found
        found.close()


def context(browser, address: str, person=None, *, width=1440, height=900, theme="light"):
    """A browser context as that person, None for a stranger."""
    made = browser.new_context(
        base_url=address,
        viewport={"width": width, "height": height},
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        color_scheme=theme,
        reduced_motion="reduce",
    )
    made.set_default_timeout(LONGEST_MS)
    if person is not None:
        made.add_cookies([session_cookie(person, address)])
    return made


def session_cookie(person, address: str) -> dict:
    """What signing in leaves in the browser; the form itself has tests of its own."""
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return {"name": settings.SESSION_COOKIE_NAME, "value": session.session_key, "url": address}
