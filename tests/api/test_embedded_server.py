"""The private PostgreSQL of a folder, in a home of the test's own."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from qudao.kernel.server import embedded

TRY = """
from qudao.kernel.server import embedded
import psycopg
server = embedded.EmbeddedServer(throwaway=True).acquire()
with psycopg.connect(**server.dsn("admin", "postgres"), autocommit=True) as connection:
    found = connection.execute("SELECT count(*) FROM pg_tables WHERE tablename = 'mark'").fetchone()[0]
    connection.execute("CREATE TABLE IF NOT EXISTS mark ()")
print("found", found, server.places.data)
"""


def started(home):
    done = subprocess.run(
        [sys.executable, "-c", TRY],
        env={**os.environ, "QUDAO_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    _, found, data = done.stdout.split()
    return int(found), data, done.stderr


def test_a_folder_finds_its_data_again_and_not_that_of_one_deleted_before_it(tmp_path):
    """For root the data lies outside the folder: deleted and made anew, it would find what nobody can open."""
    assert started(tmp_path)[0] == 0
    found, data, said = started(tmp_path)
    assert (found, said) == (1, "")
    (tmp_path / "postgres_secrets.json").unlink()
    found, again, said = started(tmp_path)
    assert (found, again) == (0, data)
    aside = said.strip().rpartition(" ")[2]
    assert aside.startswith(f"{data}.")
    assert os.path.exists(os.path.join(aside, "PG_VERSION"))
    # Passwords that are older than the data were theirs once: somebody changed the file, and may mend it.
    secrets = tmp_path / "postgres_secrets.json"
    secrets.write_text(json.dumps(dict.fromkeys(("admin", *embedded.ROLES), "x")))
    os.utime(secrets, (0, 0))
    with pytest.raises(AssertionError, match="has other passwords than"):
        started(tmp_path)
    for folder in (data, aside):
        shutil.rmtree(folder)
