"""Every page of the demo company ten times as large: how long the server takes, and how many statements it sends.

The company is made once a state of the program and kept in a database of its own, with the instant it was made at:
pages are looked at by that clock. A page is rendered through the whole stack, middleware and templates included,
as the people of `shell.demo.sights`; only the socket is left out.
"""

import contextlib
import dataclasses
import datetime as dt
import gc
import hashlib
import json
import pathlib
import statistics
import time
from collections.abc import Iterator

from qudao.kernel import config, database

DATABASE = "qudao_bench_pages"
SCALE = 10
# The longest the server may take for a page, nineteen times of twenty.
AIM_MS = 100
_SOURCE = pathlib.Path(__file__).resolve().parents[2]
_CONTROL = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@dataclasses.dataclass(frozen=True, slots=True)
class Measured:
    """Milliseconds over the rounds; of a look with nothing remembered the `statements`, and `first_ms`."""

    p50_ms: float
    p95_ms: float
    first_ms: float
    statements: int


def made(*, orders: int = 0, scale: int = SCALE, kept: bool = False) -> Iterator[str]:
    """Make the company unless it is there as this program would make it; yields what was done. `kept`: any
    finished one will do, for whoever tries what a query costs.

    In the process's own database, which is DATABASE: see `qudao.shell.starting`.
    """
    from qudao.shell import starting
    from qudao.shell.demo import build, multiply

    name = database.name()
    wanted = _fingerprint(orders, scale)
    found = _kept(name).get("fingerprint") if database.exists(name) else None
    if found == wanted or (found and kept):
        return
    database.drop(name)
    database.create(name)
    starting.migrated(name)
    now = dt.datetime.now(dt.UTC)
    yield from build.make(build.planned(now, orders=orders or build.ORDERS))
    if scale > 1:
        yield from multiply.multiply(name, scale)
    _keep(name, {"fingerprint": wanted, "now": now.isoformat()})


def measure(*, rounds: int, words: tuple[str, ...] = ()) -> dict[str, Measured]:
    """Each sight whose name holds one of the words (all without words), by name."""
    from qudao.shell.demo import sights

    # Nobody collected static files for a bench; the middleware that serves them would complain at each client.
    (config.home() / "static").mkdir(exist_ok=True)
    chosen = [one for one in sights.found() if not words or any(word in one.name for word in words)]
    with _clock(dt.datetime.fromisoformat(_kept(database.name())["now"])):
        look = _Looking()
        return {sight.name: _measured(look, sight, rounds) for sight in chosen}


def slow(found: dict[str, Measured]) -> list[str]:
    """The names of those over the aim, the slowest first."""
    over = [name for name, one in found.items() if one.p95_ms > AIM_MS]
    return sorted(over, key=lambda name: -found[name].p95_ms)


class _Looking:
    """Looks as the people of the sights, each signed in once."""

    def __init__(self):
        self.clients: dict = {}

    def __call__(self, sight) -> None:
        client = self.clients.get(sight.username) or self._signed_in(sight.username)
        answer = client.post(sight.address, dict(sight.typed)) if sight.typed else client.get(sight.address)
        if answer.status_code not in (200, 302):
            raise AssertionError(f"{sight.name} answers {answer.status_code}: {sight.address}")
        if answer.streaming:
            b"".join(answer.streaming_content)

    def _signed_in(self, username: str):
        from django.contrib import auth
        from django.test import Client

        # The name of this machine is the only one a server without settings answers to.
        client = self.clients[username] = Client(SERVER_NAME="localhost")
        client.force_login(auth.get_user_model().objects.get(username=username), backend=_BACKEND)
        return client


def _measured(look: _Looking, sight, rounds: int) -> Measured:
    from django.core.cache import cache
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    look(sight)
    cache.clear()
    connection.queries_log.clear()
    begun = time.perf_counter()
    with CaptureQueriesContext(connection) as captured:
        look(sight)
    first = (time.perf_counter() - begun) * 1000
    statements = sum(not query["sql"].startswith(_CONTROL) for query in captured)
    times = []
    for _ in range(rounds):
        gc.collect(0)
        begun = time.perf_counter()
        look(sight)
        times.append((time.perf_counter() - begun) * 1000)
    p95 = statistics.quantiles(times, n=20, method="inclusive")[-1] if len(times) > 1 else times[0]
    return Measured(round(statistics.median(times), 1), round(p95, 1), round(first, 1), statements)


@contextlib.contextmanager
def _clock(now: dt.datetime) -> Iterator[None]:
    """The site reads this instant, moved on by what passes."""
    from qudao.shell import middleware

    begun = time.monotonic()

    class Clock:
        @staticmethod
        def now() -> dt.datetime:
            return now + dt.timedelta(seconds=time.monotonic() - begun)

    usual, middleware.timezone = middleware.timezone, Clock
    try:
        yield
    finally:
        middleware.timezone = usual


def _fingerprint(orders: int, scale: int) -> str:
    """Changes with whatever may change the company: tables, operations, rules, the demo itself."""
    state = hashlib.sha256(f"{orders} {scale}".encode())
    for path in sorted(_SOURCE.rglob("*.py")):
        if "views" not in path.name and "bench" not in path.parts and "ui" not in path.parts:
            state.update(path.read_bytes())
    return state.hexdigest()[:16]


def _kept(name: str) -> dict[str, str]:
    """What `_keep` wrote of the database; empty when it is not ours or was not finished."""
    with database.connect("owner", database=name) as owner:
        query = (
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
        )
        text = owner.execute(query).fetchone()[0]
    try:
        return json.loads(text or "{}")
    except ValueError:
        return {}


def _keep(name: str, facts: dict[str, str]) -> None:
    from psycopg import sql

    with database.connect("owner", database=name, autocommit=True) as owner:
        owner.execute(
            sql.SQL("COMMENT ON DATABASE {} IS {}").format(
                sql.Identifier(name), sql.Literal(json.dumps(facts))
            )
        )
