"""`qudao journal export DIR`: the ledger as files that anybody can verify without us."""

import datetime as dt

from qudao.kernel import config
from qudao.shell import starting


def configure(parser) -> None:
    subparsers = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    export = subparsers.add_parser(
        "export",
        help="write leaves, tiles, checkpoints, key, manifest and verifier",
        description="Write the journal into a folder of its own, with the program that verifies it.",
    )
    export.add_argument("directory", metavar="DIR", help="an empty folder, or one to be made")


def run(arguments) -> int:
    starting.ready()
    from qudao.kernel import journal
    from qudao.kernel.journal import archive, export

    while journal.advance():
        pass
    journal.checkpoint(dt.datetime.now(dt.UTC))
    try:
        written = export.export(arguments.directory)
    except (archive.ExportError, OSError) as error:
        raise config.ConfigurationError(f"the journal was not exported: {error}") from error
    origin, size, root = written.checkpoint.split("\n")[:3]
    print(f"{written.entries} entries in {written.files} files: {written.directory}")
    print(f"Checkpoint of {origin}: {size} entries, root {root}")
    print(f"Verify it anywhere: python -I {written.directory}/verify.pyz {written.directory}")
    return 0
