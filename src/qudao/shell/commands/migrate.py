"""`qudao migrate`: create the database if missing, run migrations, then grants, policies and rule tables."""

from qudao.kernel import database
from qudao.shell import starting


def configure(parser) -> None:
    parser.add_argument("--quiet", action="store_true", help="say nothing unless something fails")


def run(arguments) -> int:
    verbosity = 0 if arguments.quiet else 1
    database.ensure_server()
    if not database.external() and not database.exists(database.name()):
        database.create(database.name())
    starting.ready(role="owner")
    migrate(verbosity=verbosity)
    if verbosity:
        print(f"Database {database.name()} is ready.")
    return 0


def migrate(*, verbosity: int = 0) -> None:
    """Everything the owner does to bring the connected database to this version."""
    from django.core.management import call_command
    from django.db import connection

    from qudao.kernel import jobs, manifest, rule_tables
    from qudao.kernel.scope import policies

    with database.connect("owner", autocommit=True) as owner:
        database.prepare(owner)
    call_command("migrate", verbosity=verbosity, interactive=False)
    connection.ensure_connection()
    policies.apply(connection.connection)
    jobs.silence(connection.connection)
    for module in manifest.modules():
        for dotted in module.rule_tables:
            for version in manifest.resolve(dotted):
                rule_tables.publish(**version)
