"""A catalogue, two dealers' accounts and their actors, for tests of pricing."""

import contextlib
import dataclasses
import datetime as dt
from decimal import Decimal

from django.contrib import auth
from django.db import connection
from django.test import utils

from qudao.catalog import models as catalog
from qudao.kernel import scope
from qudao.organisation import actors
from qudao.pricing import operations, queries
from tests.harness import NOW

HOUSE = scope.system("test")
TODAY = dt.date(2026, 11, 23)
YEAR = dt.date(2026, 1, 1)
NEXT_YEAR = dt.date(2027, 1, 1)
VAT = Decimal("0.13")
ENTITY = 1
PAPER = "ab" * 32


@dataclasses.dataclass(frozen=True)
class Account:
    id: int = 7
    node_id: int = 1007
    entity_id: int = ENTITY
    party_id: int = 70
    party_name: str = "杭州启明医疗器械有限公司"
    line_id: int = 1
    tier: str = "B"
    region_id: int = 4


OURS = Account()
SIBLING = Account(8, 1008, party_id=80, party_name="宁波海曙医疗器械有限公司")


def dealer(account, *permissions):
    """A person of the dealer: sees its own node alone."""
    nodes = (account.node_id,)
    return scope.Actor("person", account.id, "Li", frozenset(permissions), visible=nodes, reach=nodes)


def open_items(count, line=1):
    """`count` items I1, I2 … of a product line, taxed at 13 %; their ids."""
    with scope.everything():
        catalog.ProductLine.objects.get_or_create(pk=line, defaults={"code": f"L{line}", "name": "骨科"})
        first = catalog.Item.objects.count()
        made = catalog.Item.objects.bulk_create(
            catalog.Item(
                code=f"I{first + number}",
                name="接骨板",
                specification=f"{number}孔",
                manufacturer="苏州澄溪",
                line_id=line,
                device_class=3,
                base_unit="块",
                price_unit="块",
            )
            for number in range(1, count + 1)
        )
        catalog.TaxTreatment.objects.bulk_create(
            catalog.TaxTreatment(item=item, rate=VAT, valid_from=dt.date(2020, 1, 1)) for item in made
        )
    return [item.pk for item in made]


def guide(*prices, **more):
    """Guide prices of (item, price)."""
    listed = [operations.ListPrice(item_id=item, price=Decimal(price)) for item, price in prices]
    return operations.set_guide_prices(
        **{"entity_id": ENTITY, "prices": listed, "valid_from": YEAR, "actor": HOUSE, "now": NOW, **more}
    )


def draft(*prices, account=OURS, begins=YEAR, ends=None, rebates=(), number="", **terms):
    """A draft contract with prices of (item, price)."""
    return operations.draft_contract(
        account=account,
        title="2026年度经销合同",
        number=number,
        terms=operations.Terms(valid_from=begins, valid_until=ends, **terms),
        prices=[
            price
            if isinstance(price, operations.NewPrice)
            else operations.NewPrice(item_id=price[0], price=Decimal(price[1]))
            for price in prices
        ],
        rebates=rebates,
        actor=HOUSE,
        now=NOW,
    )


def sign(version, **more):
    return operations.put_into_effect(
        **{
            "version_id": version.id,
            "signed_by": "王立",
            "countersigned_by": "李明",
            "document_digest": PAPER,
            "actor": HOUSE,
            "now": NOW,
            **more,
        }
    )


def contract(*prices, **more):
    """A contract in effect."""
    return sign(draft(*prices, **more))


def resolve(*lines, account=OURS, hospital=0, on=TODAY, actor=HOUSE):
    """(item, quantity) per line → what was found, in order."""
    asked = [
        queries.PriceRequest(no, item, Decimal(quantity)) for no, (item, quantity) in enumerate(lines, 1)
    ]
    found = queries.resolve_prices(
        account=account,
        hospital_id=hospital,
        lines=asked,
        on=on,
        vat_rates={item: VAT for item, _ in lines},
        actor=actor,
    )
    return [found[line.no] for line in asked]


def price_of(item, quantity=1, **more):
    """(kind, unit price) of one line."""
    (found,) = resolve((item, quantity), **more)
    return found.kind, str(found.unit_price)


def codes(caught):
    return [(reason.code.removeprefix("pricing."), reason.line) for reason in caught.value.reasons]


@contextlib.contextmanager
def statements():
    with utils.CaptureQueriesContext(connection) as captured:
        yield captured


def person(company, username):
    """One of the small company's people as they act."""
    user = auth.get_user_model().objects.get(pk=company.people[username])
    return actors.of_person(user, now=NOW)
