"""Common first steps of commands: the database is up, Django is ready, in this process's role."""

import os
import subprocess
import sys

from qudao.kernel import database


def ready(*, role: str = "app", name: str | None = None) -> None:
    """Start the embedded server if needed and set Django up for `role` on database `name`."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qudao.shell.settings")
    os.environ["QUDAO_DATABASE_ROLE"] = role
    if name:
        os.environ["QUDAO_DATABASE"] = name
    database.ensure_server()
    import django

    django.setup()


def migrated(name: str | None = None, *, quiet: bool = True) -> None:
    """Bring a database to this version, as the owner, in a process of its own."""
    environment = dict(os.environ, QUDAO_DATABASE_ROLE="owner")
    if name:
        environment["QUDAO_DATABASE"] = name
    command = [sys.executable, "-m", "qudao.shell.cli", "migrate", *(["--quiet"] if quiet else [])]
    done = subprocess.run(command, env=environment, capture_output=quiet, text=True)
    if done.returncode:
        raise RuntimeError(f"the database could not be migrated:\n{done.stderr or done.stdout}")
