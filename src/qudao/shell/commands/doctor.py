"""`qudao doctor`: is everything there? One line a finding, with what mends it."""

import dataclasses
import importlib.metadata
import os
import shutil
import sys
from collections.abc import Callable, Iterator

from qudao.kernel import config, database, translations
from qudao.shell import starting

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OLDEST = (3, 11)
BEHIND = 10_000
MARKS = {"ok": "ok  ", "warn": "warn", "bad": "BAD "}


@dataclasses.dataclass(frozen=True, slots=True)
class Finding:
    """`level`: ok, warn (something is missing that not everybody needs), bad."""

    level: str
    text: str
    mend: str = ""


def configure(parser) -> None:
    pass


def run(arguments) -> int:
    findings: list[Finding] = []
    for check in (python, packages, browser_files, words, chromium, journal_key, databases):
        for finding in _guarded(check):
            findings.append(finding)
            mend = f": {finding.mend}" if finding.mend else ""
            print(f"{MARKS[finding.level]}  {finding.text}{mend}", flush=True)
    return 1 if any(finding.level == "bad" for finding in findings) else 0


def _guarded(check: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """A check that breaks is itself a finding."""
    try:
        yield from check()
    except Exception as error:
        yield Finding("bad", f"{check.__name__}: {str(error).strip() or type(error).__name__}")


def python() -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] < OLDEST:
        yield Finding("bad", f"Python {version}", "install Python 3.11 or newer")
    else:
        yield Finding("ok", f"Python {version}")


def packages() -> Iterator[Finding]:
    """Every locked package in its locked version, from the lock beside the source."""
    lock = config.PROJECT_ROOT / "requirements" / "base.lock"
    if not lock.is_file():
        yield Finding("ok", "no lock file beside the program: packages not compared")
        return
    wrong = []
    for line in lock.read_text().splitlines():
        name, separator, version = line.split(";")[0].strip(" \\").partition("==")
        if separator and not line.startswith(("#", " ")) and ";" not in line:
            wrong += _differs(name.split("[")[0], version)
    if wrong:
        yield Finding("bad", f"packages differ from the lock: {', '.join(wrong[:5])}", "run make setup")
    else:
        yield Finding("ok", "packages as locked")


def _differs(name: str, version: str) -> list[str]:
    try:
        found = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        found = "missing"
    return [] if found == version else [f"{name} {found}, not {version}"]


def browser_files() -> Iterator[Finding]:
    from qudao.ui import assets

    missing = assets.missing_files(config.PROJECT_ROOT / "node_modules")
    fonts = [name for name in missing if name in assets.PDF_FONTS]
    files = [name for name in missing if name not in assets.PDF_FONTS]
    if files:
        yield Finding("bad", f"{len(files)} browser files missing, first {files[0]}", "run make setup")
    else:
        yield Finding("ok", "browser files")
    if fonts:
        yield Finding("bad", "the Chinese font of PDFs is missing", "run make setup")
    else:
        yield Finding("ok", "font of PDFs")


def words() -> Iterator[Finding]:
    stale = [
        source
        for source in translations.catalogues()
        if not source.with_suffix(".mo").exists()
        or source.with_suffix(".mo").stat().st_mtime_ns < source.stat().st_mtime_ns
    ]
    if stale:
        yield Finding(
            "warn", f"{len(stale)} translations are not compiled", "qudao serve compiles them, or make setup"
        )
    else:
        yield Finding("ok", "translations compiled")


def chromium() -> Iterator[Finding]:
    found = next((path for path in map(shutil.which, CHROMIUM) if path), None)
    if found:
        yield Finding("ok", f"Chromium for browser tests: {found}")
    else:
        yield Finding("warn", "no Chromium: browser tests are skipped", "apt-get install chromium")


def journal_key() -> Iterator[Finding]:
    from qudao.kernel.journal import keys

    signer = keys.signer()
    source = "QUDAO_JOURNAL_KEY" if os.environ.get("QUDAO_JOURNAL_KEY") else "a file made by the program"
    yield Finding("ok", f"journal key {signer.verifier.text} from {source}")


def databases() -> Iterator[Finding]:
    starting.ready()
    with database.connect("app", autocommit=True) as connection:
        (version,) = connection.execute("SHOW server_version").fetchone() or ("",)
        kind = "external" if database.external() else "embedded"
        yield Finding("ok", f"{kind} PostgreSQL {version}, database {database.name()}")
        if int(version.split(".")[0]) < 18:
            yield Finding("bad", "PostgreSQL is too old", "use version 18 or newer (uuidv7)")
        yield from _roles(connection)
        yield from _extensions(connection)
        yield from _migrations()
    yield from _lag()


def _roles(connection) -> Iterator[Finding]:
    query = (
        "SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname LIKE 'qudao\\_%' ORDER BY rolname"
    )
    found = {name: (is_super, bypasses) for name, is_super, bypasses in connection.execute(query)}
    missing = {"qudao_app", "qudao_owner", "qudao_sequencer", "qudao_backup"} - set(found)
    strong = [name for name in ("qudao_app", "qudao_owner", "qudao_sequencer") if any(found.get(name, ()))]
    if missing:
        yield Finding("bad", f"roles missing: {', '.join(sorted(missing))}", "create them, see the README")
    if strong:
        yield Finding(
            "bad", f"{', '.join(strong)} can pass row security", "ALTER ROLE … NOSUPERUSER NOBYPASSRLS"
        )
    if not missing and not strong:
        yield Finding("ok", "roles, none of them above row security but backup")


def _extensions(connection) -> Iterator[Finding]:
    found = {name for (name,) in connection.execute("SELECT extname FROM pg_extension")}
    missing = [name for name in database.EXTENSIONS if name not in found]
    if missing:
        yield Finding("bad", f"extensions missing: {', '.join(missing)}", "run qudao migrate")
        return
    yield Finding("ok", f"extensions {', '.join(database.EXTENSIONS)}")
    database.check_locale(connection)
    yield Finding("ok", "Chinese text can be searched")


def _migrations() -> Iterator[Finding]:
    from django.db.migrations import loader

    wanted = set(loader.MigrationLoader(None).disk_migrations)
    with database.connect("backup", autocommit=True) as backup:
        done = {(app, name) for app, name in backup.execute("SELECT app, name FROM django_migrations")}
    if wanted - done:
        yield Finding("bad", f"{len(wanted - done)} migrations have not run", "run qudao migrate")
    else:
        yield Finding("ok", "database at this version")


def _lag() -> Iterator[Finding]:
    with database.connect("backup", autocommit=True) as backup:
        (staged,) = backup.execute("SELECT count(*) FROM journal_staging").fetchone() or (0,)
    if staged > BEHIND:
        yield Finding("bad", f"{staged} journal entries wait for the sequencer", "is qudao worker running?")
    elif staged:
        yield Finding("warn", f"{staged} journal entries wait for the sequencer", "qudao worker numbers them")
    else:
        yield Finding("ok", "sequencer up to date")
