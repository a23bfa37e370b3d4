"""`qudao udi parse`: what a device code says, as JSON. Needs no database."""

import datetime as dt
import json
import os
import sys

import django
from django.conf import settings

from qudao.kernel import translations


def configure(parser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    parse = actions.add_parser(
        "parse", help="read one device code", description="Print as JSON what a device code says."
    )
    given = parse.add_mutually_exclusive_group(required=True)
    given.add_argument("code", nargs="?", help="the code as printed, with parentheses, or as scanned")
    given.add_argument(
        "--stdin", action="store_true", help="read the raw bytes, GS included, from standard input"
    )


def run(arguments) -> int:
    """Exit code 0, or 2 when the code is refused."""
    _ready()
    from django.utils import translation

    from qudao.catalog import udi
    from qudao.kernel import messages, periods

    raw = sys.stdin.buffer.read().rstrip(b"\r\n") if arguments.stdin else arguments.code
    scan = udi.parse(raw, today=periods.business_date(dt.datetime.now(dt.UTC)))
    found = scan.as_json()
    with translation.override(os.environ.get("QUDAO_LANGUAGE") or "en"):
        for kind, reasons in (("warnings", scan.warnings), ("errors", scan.errors)):
            rendered = [messages.render(reason) for reason in reasons]
            found[kind] = [
                {"code": one.code, "message": " ".join(filter(None, (f"{one.title}.", one.why, one.mend)))}
                for one in rendered
            ]
    print(json.dumps(found, ensure_ascii=False))
    return 2 if scan.refused else 0


def _ready() -> None:
    """Words in both languages and nothing else: no home folder, no secrets, no database."""
    if not settings.configured:
        folders = {catalogue.parents[2] for catalogue in translations.catalogues()}
        settings.configure(LANGUAGE_CODE="en", LOCALE_PATHS=sorted(folders))
        django.setup()
