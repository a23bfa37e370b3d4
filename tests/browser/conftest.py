"""The site in a thread, on this worker's database, and Chromium in front of it.

Every test fails on a content-security violation, a script error or anything else the console reports as an
error; a test that provokes an answer of 4xx says so with `page_of(..., expects=404)`.
"""

import contextlib
import os
import pathlib
import shutil
import socketserver
import threading
from wsgiref import simple_server

# Playwright's loop runs in the thread of the tests, which reach the database between its calls.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core import cache
from django.core.wsgi import get_wsgi_application

from tests.browser import company as companies
from tests.browser import watching

ROOT = pathlib.Path(__file__).resolve().parents[2]


def chromium() -> str | None:
    """QUDAO_CHROMIUM, or the browser this machine has."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return os.environ.get("QUDAO_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


def missing() -> str | None:
    """In one line, why these tests cannot run here; None when they can."""
    if chromium() is None:
        return "Chromium is missing: install it, or name it in QUDAO_CHROMIUM"
    if not (ROOT / "node_modules").is_dir():
        return "node_modules is missing: run npm ci"
    return None


def pytest_collection_modifyitems(items):
    here = [item for item in items if pathlib.Path(item.fspath).is_relative_to(pathlib.Path(__file__).parent)]
    reason = missing() if here else None
    for item in here:
        item.add_marker(pytest.mark.browser)
        if reason:
            item.add_marker(pytest.mark.skip(reason=reason))


class _Server(socketserver.ThreadingMixIn, simple_server.WSGIServer):
    daemon_threads = True


class _Quiet(simple_server.WSGIRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="session")
def site(database_clone):
    """The address of the running site."""
    server = simple_server.make_server(
        "127.0.0.1", 0, get_wsgi_application(), server_class=_Server, handler_class=_Quiet
    )
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def browser():
    from playwright import sync_api

    with sync_api.sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture
def company(db):
    """The small company every browser test starts with; nobody has failed to sign in yet."""
    cache.cache.clear()
    return companies.found()


@pytest.fixture
def page_of(site, browser, company):
    """`page_of(person, width=…, expects=…)`: a page signed in as that person, None for a stranger."""
    with contextlib.ExitStack() as opened:

        def open_page(person=None, *, width=1440, height=900, theme="light", expects=()):
            context = browser.new_context(
                base_url=site,
                viewport={"width": width, "height": height},
                locale="zh-CN",
                timezone_id="Asia/Shanghai",
                color_scheme=theme,
                reduced_motion="reduce",
            )
            opened.callback(context.close)
            if person is not None:
                context.add_cookies([session_cookie(person, site)])
            context.set_default_timeout(5000)
            page = context.new_page()
            opened.enter_context(watching.errors_of(page, expects=expects))
            return page

        yield open_page


def session_cookie(person, address: str) -> dict:
    """What signing in leaves in the browser; the form itself has tests of its own."""
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return {"name": settings.SESSION_COOKIE_NAME, "value": session.session_key, "url": address}
