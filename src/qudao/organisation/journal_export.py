"""The journal as a file to take home, made and verified on the spot as long as it is small enough for a request."""

import contextlib
import dataclasses
import pathlib
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator

from django.http import FileResponse

from qudao.kernel import config, errors, scope
from qudao.kernel.journal import archive, export
from qudao.organisation import queries_journal

PERMISSION = "organisation.journal.export"
# Ten thousand entries are some ten megabytes and a second or two; above, the command does it.
MOST = 50_000
SECONDS = 60


@dataclasses.dataclass(frozen=True, slots=True)
class Verdict:
    """What the verifier said of an export made just now; `words` are its own."""

    holds: bool
    words: str
    entries: int
    files: int


def download(actor: scope.Actor) -> FileResponse:
    """The export as a zip. Raises Refused `organisation.export_too_large`, `organisation.export_impossible`."""
    file = tempfile.TemporaryFile(suffix=".zip")  # noqa: SIM115  (the response closes it)
    with _exported(actor) as written:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
            for path in sorted(written.directory.rglob("*")):
                if path.is_file():
                    packed.write(path, pathlib.Path("journal-export") / path.relative_to(written.directory))
        size = written.checkpoint.split("\n")[1]
    file.seek(0)
    return FileResponse(
        file, as_attachment=True, filename=f"journal-export-{size}.zip", content_type="application/zip"
    )


def verify(actor: scope.Actor) -> Verdict:
    """Export, and run the very verifier that lies in the export, alone, as an auditor would."""
    with _exported(actor) as written:
        found = subprocess.run(
            [sys.executable, "-I", str(written.directory / "verify.pyz"), str(written.directory)],
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        said = (found.stdout or found.stderr).replace(str(written.directory), "journal-export").strip()
        return Verdict(found.returncode == 0, said, written.entries, written.files)


@contextlib.contextmanager
def _exported(actor: scope.Actor) -> Iterator[archive.Written]:
    actor.require(PERMISSION)
    size = queries_journal.covered(actor)
    if size > MOST:
        raise errors.refuse("organisation.export_too_large", entries=size, most=MOST)
    with tempfile.TemporaryDirectory(prefix="qudao-journal-") as folder:
        try:
            yield export.export(pathlib.Path(folder) / "journal-export")
        except (archive.ExportError, config.ConfigurationError) as error:
            raise errors.refuse("organisation.export_impossible", why=str(error)) from error
