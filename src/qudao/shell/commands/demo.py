"""`qudao demo`: the living demo company with twelve months of history, in the program's own database, once."""

import datetime as dt
import importlib
import time
from concurrent import futures

from qudao.kernel import config, database
from qudao.shell import starting


def configure(parser) -> None:
    parser.add_argument("--orders", type=int, default=0, help="how many orders it shall have, about (1500)")
    parser.add_argument(
        "--scale", type=int, default=1, help="make it so many times larger by SQL, for benches"
    )


def run(arguments) -> int:
    if config.production():
        raise config.ConfigurationError("the demo's password is public: unset QUDAO_PRODUCTION to make it")
    print("· the database", flush=True)
    database.ensure_server()
    # Another process brings the database to this version; this one reads the program meanwhile.
    with futures.ThreadPoolExecutor(1) as beside:
        migrating = beside.submit(starting.migrated)
        starting.ready()
        importlib.import_module("qudao.shell.demo.build")
        migrating.result()
    if _is_there():
        print("The demo company is there.")
    else:
        _make(dt.datetime.now(dt.UTC), arguments)
    if arguments.scale > 1:
        _multiply(arguments.scale)
    _print_accounts()
    return 0


def _is_there() -> bool:
    """Whether the demo was made before; raises ConfigurationError for another company, or half of this one."""
    from django.contrib import auth

    from qudao.organisation import queries as organisation
    from qudao.shell.company import house
    from qudao.shell.demo import build

    if not organisation.list_entities():
        return False
    name = database.name()
    usernames = {username for username, *_ in house.PEOPLE}
    if auth.get_user_model().objects.filter(username__in=usernames).count() == len(usernames):
        if build.finished():
            return True
        raise config.ConfigurationError(
            f"the demo company in the database {name} was begun and not finished: drop that database, or name"
            " another with QUDAO_DATABASE, and start again"
        )
    raise config.ConfigurationError(
        f"the database {name} holds a company already: name another with QUDAO_DATABASE"
    )


def _make(now: dt.datetime, arguments) -> None:
    from qudao.shell.demo import build

    start = time.monotonic()
    demo = build.planned(now, orders=arguments.orders or build.ORDERS)
    for done in build.make(demo):
        print(f"· {time.monotonic() - start:4.0f} s  {done}", flush=True)


def _multiply(times: int) -> None:
    from qudao.shell.demo import multiply

    start = time.monotonic()
    try:
        for done in multiply.multiply(database.name(), times):
            print(f"· {time.monotonic() - start:4.0f} s  {done}", flush=True)
    except ValueError as wrong:
        raise config.ConfigurationError(str(wrong)) from wrong


def _print_accounts() -> None:
    from django.contrib import auth

    from qudao.organisation import standard_roles
    from qudao.shell.company import house
    from qudao.shell.demo import people
    from qudao.shell.tour import book

    roles = {role.code: f"{role.name} {role.name_en}" for role in standard_roles.ROLES}
    listed = [(username, role) for username, _, role, *_ in house.PEOPLE]
    listed += [(username, role) for username, _, role, _ in people.OURS]
    listed += [(username, role) for username, role, _ in people.GUESTS]
    persons = auth.get_user_model().objects.filter(username__in=[username for username, _ in listed])
    names = dict(persons.values_list("username", "name"))
    told = book.Book(print)
    told.section("Accounts")
    told.table(
        ("user name", "who", "role", "password"),
        [(username, names[username], roles[role], house.PASSWORD) for username, role in listed],
    )
    print("Every other partner has one too, named by its code in small letters (p020, h002), same password.")
