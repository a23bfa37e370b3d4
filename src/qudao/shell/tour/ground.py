"""The tour's database: made for one run, dropped at its end."""

import contextlib
import os
from collections.abc import Iterator

from qudao.kernel import config, database, manifest
from qudao.shell import starting


@contextlib.contextmanager
def own_database() -> Iterator[None]:
    """A fresh database for this process alone, gone afterwards."""
    off = sorted(set(manifest.ALL) - set(manifest.enabled_names()))
    if off:
        raise config.ConfigurationError(
            f"the tour needs every module: QUDAO_MODULES leaves out {', '.join(off)}"
        )
    name = f"qudao_tour_{os.getpid()}"
    database.ensure_server()
    database.drop(name)
    database.create(name)
    try:
        starting.migrated(name)
        starting.ready(name=name)
        yield
    finally:
        _let_go()
        database.drop(name)
        database.release_server()


def _let_go() -> None:
    from django.db import connections

    for connection in connections.all(initialized_only=True):
        connection.close()
        connection.close_pool()
