"""Supervises the private PostgreSQL: create, start, share between programs, stop.

Every program that uses the server holds a shared lock on `users.lock`; the last to let go stops it.
A killed program leaves the server running, and the next one finds it.
"""

import atexit
import contextlib
import fcntl
import json
import os
import pathlib
import secrets
import shutil
import subprocess
import sys
import tempfile
import time

import psycopg
from psycopg import sql

from qudao.kernel import config
from qudao.kernel.server import binaries

SECRETS = "postgres_secrets.json"
ROLES = ("owner", "app", "sequencer", "backup")
START_SECONDS = 60
RETRY_SECONDS = 10

SETTINGS = """
listen_addresses = ''
unix_socket_directories = '{socket}'
unix_socket_permissions = 0700
max_connections = 100
shared_buffers = 256MB
effective_cache_size = 1GB
work_mem = 16MB
maintenance_work_mem = 128MB
wal_level = replica
max_wal_size = 2GB
checkpoint_timeout = 15min
password_encryption = scram-sha-256
timezone = 'UTC'
log_timezone = 'UTC'
jit = off
random_page_cost = 1.1
idle_in_transaction_session_timeout = '10min'
{extra}
"""
# For throw-away databases of tests only: a power cut may lose them, a killed program does not. They are connected to
# at every turn, and what makes a stolen password dear to guess makes each connection dear too.
THROWAWAY = (
    "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\nautovacuum = off\nscram_iterations = 1\n"
)


class ServerError(Exception):
    """The embedded server could not do what was asked; the message says what to look at."""


class OtherPasswordsError(ServerError):
    """It answers, but not to the passwords of this home folder."""


class EmbeddedServer:
    """One cluster in one home."""

    def __init__(self, *, throwaway: bool = False) -> None:
        self.places = binaries.find()
        self.throwaway = throwaway
        self._lease: int | None = None
        self._holder = 0

    def acquire(self) -> "EmbeddedServer":
        """Make sure the server runs and keep it running until `release`."""
        if self._lease is not None:
            return self
        with self._exclusive("start.lock"):
            lease = os.open(config.home() / "users.lock", os.O_CREAT | os.O_RDWR, 0o600)
            fcntl.flock(lease, fcntl.LOCK_SH)
            try:
                self._bring_up()
            except OtherPasswordsError:
                self._set_aside_orphan()
                self._bring_up()
            self._lease = lease
            self._holder = os.getpid()
            atexit.register(self.release)
        return self

    def release(self) -> None:
        """Let go; the last one out stops the server."""
        if self._lease is None or self._holder != os.getpid():
            return
        with self._exclusive("start.lock"):
            fcntl.flock(self._lease, fcntl.LOCK_UN)
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(self._lease, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self.stop()
            os.close(self._lease)
            self._lease = None

    def stop(self) -> None:
        if (self.places.data / "postmaster.pid").exists():
            self._run("pg_ctl", "stop", "-D", self.places.data, "-m", "fast", "-w", "-t", "60", check=False)

    def dsn(self, role: str, database: str) -> dict:
        """Connection parameters for `owner`, `app`, `sequencer`, `backup` or the cluster's `admin`."""
        return {
            "host": str(self.places.socket),
            "port": 5432,
            "dbname": database,
            "user": "postgres" if role == "admin" else f"qudao_{role}",
            "password": self._secrets()[role],
        }

    def ready(self) -> bool:
        """Whether it answers: the only proof that counts, a pid file may be a zombie's."""
        if not (self.places.data / "PG_VERSION").exists():
            return False
        try:
            with psycopg.connect(**self.dsn("admin", "postgres"), connect_timeout=3) as connection:
                connection.execute("SELECT 1")
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                raise OtherPasswordsError(str(error)) from error
            return False
        return True

    # -- creating and starting -------------------------------------------------------------------

    def _secrets(self) -> dict:
        return json.loads(
            config.private_file(
                SECRETS,
                lambda: json.dumps({role: secrets.token_urlsafe(24) for role in (*ROLES, "admin")}),
            )
        )

    def _bring_up(self) -> None:
        if not self.ready():
            self._create()
            self._start()
            self._provision()

    def _set_aside_orphan(self) -> None:
        """Keep, under another name, data whose passwords went with a deleted home folder.

        For root the data lies outside the home: a checkout made anew in the same place would find the old one's,
        and nobody can open it. Passwords are made before the data; where they are newer, the data is of before.
        """
        made, passwords = self.places.data / "PG_VERSION", config.home() / SECRETS
        if made.stat().st_mtime >= passwords.stat().st_mtime:
            raise ServerError(
                f"PostgreSQL in {self.places.data} has other passwords than {passwords}:"
                " restore that file, or move the data away"
            )
        self.stop()
        aside = self.places.data.with_name(f"data.{time.strftime('%Y%m%d-%H%M%S')}")
        os.rename(self.places.data, aside)
        print(f"· data of an earlier folder, without its passwords, set aside: {aside}", file=sys.stderr)

    def _create(self) -> None:
        if (self.places.data / "PG_VERSION").exists():
            return
        with tempfile.NamedTemporaryFile("w", dir=self.places.data.parent, prefix="pw") as password:
            password.write(self._secrets()["admin"])
            password.flush()
            self.places.own(pathlib.Path(password.name))
            # ctype C would leave Chinese text without trigrams; the built-in provider has them.
            self._run(
                *("initdb", "-D", self.places.data, "-U", "postgres", f"--pwfile={password.name}"),
                *("--auth=scram-sha-256", "--encoding=UTF8", "--locale-provider=builtin"),
                *("--builtin-locale=C.UTF-8", "--lc-ctype=C.UTF-8", "--no-instructions"),
            )

    def _start(self) -> None:
        extra = THROWAWAY if self.throwaway else ""
        settings = self.places.data / "postgresql.auto.conf"
        settings.write_text(SETTINGS.format(socket=self.places.socket, extra=extra))
        self.places.own(settings)
        try:
            self._wait_for_answer()
        except ServerError:
            self.stop()
            raise

    def _wait_for_answer(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        process, begun = self._launch(), time.monotonic()
        while not self.ready():
            if process.poll() is not None:
                # Orphans of a killed server hold the shared memory for a moment: try again.
                if time.monotonic() - begun > RETRY_SECONDS:
                    raise ServerError(f"PostgreSQL stopped at once; its log is {self.places.log}")
                time.sleep(0.3)
                process = self._launch()
            if time.monotonic() > deadline:
                raise ServerError(f"PostgreSQL did not answer in {START_SECONDS} s; log: {self.places.log}")
            time.sleep(0.05)

    def _launch(self) -> subprocess.Popen:
        with open(self.places.log, "ab") as log:
            return subprocess.Popen(
                [self.places.binaries / "postgres", "-D", self.places.data],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **self.places.process_identity(),
            )

    def _provision(self) -> None:
        """Create the four roles; running it again only renews their passwords."""
        attributes = {
            "owner": "CREATEDB NOBYPASSRLS",
            "app": "NOBYPASSRLS",
            "sequencer": "NOBYPASSRLS",
            "backup": "BYPASSRLS",
        }
        with psycopg.connect(**self.dsn("admin", "postgres"), autocommit=True) as connection:
            for role, attribute in attributes.items():
                exists = connection.execute(
                    "SELECT 1 FROM pg_roles WHERE rolname = %s", [f"qudao_{role}"]
                ).fetchone()
                verb = "ALTER" if exists else "CREATE"
                connection.execute(
                    sql.SQL("{} ROLE {} LOGIN {} PASSWORD {}").format(
                        sql.SQL(verb),
                        sql.Identifier(f"qudao_{role}"),
                        sql.SQL(attribute),
                        sql.Literal(self._secrets()[role]),
                    )
                )

    def _run(self, program: str, *arguments, check: bool = True) -> None:
        done = subprocess.run(
            [self.places.binaries / program, *arguments],
            capture_output=True,
            text=True,
            env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"},
            **self.places.process_identity(),
        )
        if check and done.returncode:
            raise ServerError(f"{program} failed: {done.stderr.strip() or done.stdout.strip()}")

    @contextlib.contextmanager
    def _exclusive(self, name: str):
        handle = os.open(config.home() / name, os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def destroy(self) -> None:
        """Stop the server and remove its data. For throw-away homes of tests."""
        self.stop()
        shutil.rmtree(self.places.data, ignore_errors=True)
