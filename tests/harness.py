"""Template, clones and emptying. See conftest."""

import datetime as dt
import fcntl
import functools
import hashlib
import json
import os
import pathlib
import pickle
import shutil
import subprocess
import sys
import time

import psycopg
from django.contrib.auth import hashers
from django.db import connections
from psycopg import sql

from qudao.kernel import config, database, rule_tables
from qudao.shell import starting
from qudao.shell.company import Company
from qudao.shell.demo.state import Demo

NOW = dt.datetime(2026, 11, 23, 1, 30, tzinfo=dt.UTC)
FRESH = 3600  # seconds
MEMORY, ROOM = pathlib.Path("/dev/shm"), 2 << 30
DEMO_ORDERS = 100
# What tests keep is no secret; hashed as for people it was most of what tests of the API took.
hashers.ScryptPasswordHasher.work_factor = 2**4
SOURCE = pathlib.Path(__file__).resolve().parents[1] / "src" / "qudao"
# Rows that migrations put there.
KEPT = (
    "django_migrations",
    "django_content_type",
    "kernel_ruleversion",
    "auth_permission",
    "partners_territory",
)


@functools.cache
def fingerprint() -> str:
    """Changes whenever the schema may have changed."""
    names = (
        *("*/migrations/*.py", "*/models.py", "*/*/models.py", "*/module.py", "*/rule_data.py"),
        *("kernel/scope/*.py", "kernel/jobs.py", "shell/commands/migrate.py"),
    )
    files = sorted(path for pattern in names for path in SOURCE.glob(pattern))
    state = hashlib.sha256(os.environ.get("QUDAO_MODULES", "all").encode())
    for path in files:
        state.update(str(path).encode() + path.read_bytes())
    return state.hexdigest()[:12]


def template_name() -> str:
    return f"qudao_template_{fingerprint()}"


@functools.cache
def build_template() -> None:
    """Build the template unless one of this schema exists; concurrent runs wait for each other."""
    database.ensure_server()
    with open(config.home() / "template.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not database.exists(template_name()):
            draft = f"{template_name()}_draft"
            database.drop(draft)
            database.create(draft)
            starting.migrated(draft)
            with database.connect("owner", database="postgres", autocommit=True) as owner:
                names = (sql.Identifier(draft), sql.Identifier(template_name()))
                owner.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(*names))


@functools.cache
def program() -> str:
    """Any change of the program may change the companies it makes."""
    state = hashlib.sha256(fingerprint().encode())
    for path in sorted(SOURCE.rglob("*.py")):
        state.update(path.read_bytes())
    return state.hexdigest()[:12]


def company_name() -> str:
    return f"qudao_company_{program()}"


def demo_name(orders: int = DEMO_ORDERS) -> str:
    return f"qudao_demo{orders}_{program()}"


def build_company() -> pathlib.Path:
    """The template that holds the small company; returns the file with its ids."""
    return _build(company_name(), "tests.build_company")


def build_demo(orders: int = DEMO_ORDERS) -> pathlib.Path:
    """The template that holds the demo company, with fewer orders than `qudao demo` makes and all its stories."""
    return _build(demo_name(orders), "tests.build_demo", str(orders))


@functools.cache
def _build(name: str, module: str, *more: str) -> pathlib.Path:
    """A template filled by `module` once a state of the program; what it tells of itself stands in a file."""
    build_template()
    facts = config.home() / f"{name}.json"
    kind = name.rpartition("_")[0]
    with open(config.home() / f"{kind}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (database.exists(name) and facts.exists()):
            _forget_old(f"{kind}_")
            database.drop(name)
            database.create(name, template=template_name())
            command = [sys.executable, "-m", module, name, str(facts), *more]
            done = subprocess.run(command, cwd=SOURCE.parents[1], capture_output=True, text=True)
            if done.returncode:
                database.drop(name)
                raise RuntimeError(f"{name} could not be made:\n{done.stderr}")
        facts.touch()
    return facts


def _forget_old(prefix: str) -> None:
    """Drop templates of earlier states of the program that nobody uses.

    What was asked for within the hour stays: two runs of two states would drop each other's before cloning it.
    """
    with database.connect("owner", database="postgres", autocommit=True) as owner:
        names = owner.execute(
            "SELECT datname FROM pg_database d WHERE datname LIKE %s"
            " AND NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.datname = d.datname)",
            [f"{prefix}%"],
        ).fetchall()
    for (name,) in names:
        facts = config.home() / f"{name}.json"
        if not facts.exists() or time.time() - facts.stat().st_mtime > FRESH:
            database.drop(name)
            facts.unlink(missing_ok=True)


# What this worker's database was cloned from last; what a test then did to it is its fixture's business.
_cloned: str | None = None


def clone(template: str | None = None) -> None:
    """This worker's database anew, from a template."""
    global _cloned
    database.ensure_server()
    build_template()
    drop()
    _cloned = template or template_name()
    # As files: by way of the log, as the server does if left alone, it takes half as long again.
    statement = "CREATE DATABASE {} OWNER qudao_owner TEMPLATE {} STRATEGY file_copy"
    place = " TABLESPACE memory" if in_memory() else ""
    names = (sql.Identifier(database.name()), sql.Identifier(_cloned))
    _admin().execute(sql.SQL(statement + place).format(*names))


def blank() -> None:
    """This worker's database with the rows of the migrations alone, unless it is that: who wants a company
    clones one, so that a test leaves its own behind."""
    if _cloned != template_name():
        clone()


@functools.cache
def in_memory() -> bool:
    """Whether clones lie in the tablespace `memory`, which this makes where the machine has room for it.

    A clone is a thousand files, made and removed for most tests. A file system that looks for numbers of files
    removed a while ago (ext4 does) takes longer for each, the more tests there were before: a quarter of all time.
    """
    if not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < ROOM:
        return False
    try:
        _make_memory(MEMORY / f"qudao-{config.home_hash()}")
    except (OSError, psycopg.Error) as error:
        print(f"clones of tests lie on disk, for there is no place in memory: {error}", file=sys.stderr)
        return False
    return True


def _make_memory(folder: pathlib.Path) -> None:
    admin = _admin()
    with open(config.home() / "memory.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        there = admin.execute("SELECT 1 FROM pg_tablespace WHERE spcname = 'memory'").fetchone()
        if there and not any(folder.glob("PG_*")):
            # The machine was started anew: what lay there is gone, and so are its databases.
            lost = admin.execute(
                "SELECT datname FROM pg_database d JOIN pg_tablespace t ON t.oid = d.dattablespace"
                " WHERE t.spcname = 'memory'"
            ).fetchall()
            for (name,) in lost:
                admin.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))
            admin.execute("DROP TABLESPACE memory")
            there = None
        if not there:
            # What a server of an earlier checkout in this place left there.
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(mode=0o700)
            database.embedded().places.own(folder)
            admin.execute(sql.SQL("CREATE TABLESPACE memory LOCATION {}").format(sql.Literal(str(folder))))
            admin.execute("GRANT CREATE ON TABLESPACE memory TO qudao_owner")


def close() -> None:
    """Let go of every connection of this process."""
    connections.close_all()
    for connection in connections.all():
        connection.close_pool()
    rule_tables.forget()


def drop() -> None:
    close()
    statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
    _admin().execute(statement.format(sql.Identifier(database.name())))


@functools.cache
def _admin() -> psycopg.Connection:
    """The administrator of the server, connected for the whole run: most tests make a database."""
    return psycopg.connect(**database.embedded().dsn("admin", "postgres"), autocommit=True)


def empty() -> None:
    """As the owner, empty every table that has rows, and start its numbers again."""
    for connection in connections.all():
        connection.close()
    rule_tables.forget()
    with database.connect("owner", autocommit=True) as owner:
        tables = [
            row[0]
            for row in owner.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> ALL (%s)",
                [list(KEPT)],
            )
        ]
        with owner.transaction():
            # Row security is forced on the owner too: it looks as one who may see everything.
            owner.execute("SELECT set_config('app.everyone', 'on', true)")
            checks = sql.SQL(" UNION ALL ").join(
                sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(
                    sql.Literal(table), sql.Identifier(table)
                )
                for table in tables
            )
            filled = [row[0] for row in owner.execute(checks)]
            if filled:
                listed = sql.SQL(", ").join(map(sql.Identifier, filled))
                owner.execute(sql.SQL("TRUNCATE {} RESTART IDENTITY CASCADE").format(listed))


def owner(name: str | None = None) -> psycopg.Connection:
    """A connection as the owner, for tests that play the administrator."""
    return database.connect("owner", database=name, autocommit=True)


def company() -> Company:
    """A fresh clone of the small company."""
    facts = build_company()
    clone(company_name())
    found = json.loads(facts.read_text())
    return Company(**(found | {"today": dt.date.fromisoformat(found["today"])}))


def demo(orders: int = DEMO_ORDERS) -> Demo:
    """A fresh clone of the demo company."""
    facts = build_demo(orders)
    clone(demo_name(orders))
    return pickle.loads(facts.read_bytes())
