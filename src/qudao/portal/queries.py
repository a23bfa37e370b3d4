"""What partners and hospitals see of their own: reads over the modules below, each in the partner's scope."""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from qudao.catalog import queries as catalog
from qudao.kernel import errors, scope
from qudao.orders import queries as orders
from qudao.orders import totals
from qudao.partners import queries as partners
from qudao.pricing import queries as pricing

PAGE = 30


@dataclasses.dataclass(frozen=True, slots=True)
class Offer:
    """A product with the price this buyer pays for one price unit; `price` is None where none is agreed."""

    item: catalog.ItemView
    price: Decimal | None
    kind: str
    certificate: str


@dataclasses.dataclass(frozen=True, slots=True)
class Offers:
    account: partners.Account
    rows: tuple[Offer, ...]
    next: str | None


@dataclasses.dataclass(frozen=True, slots=True)
class Dealer:
    """An account under one's own, with what it ordered in a period."""

    account: partners.Account
    total: totals.Total


def offers(
    account_id: int, text: str, *, cursor: str | None, on: dt.date, actor: scope.Actor, limit: int = PAGE
) -> Offers:
    """The products of the account's line by code, each at the account's own price.

    Opens an acting transaction, for prices are the house's: call it outside a reading one. Raises NotFound
    for an account the actor does not see.
    """
    with scope.transaction(actor, acting=True):
        account = partners.get_account(account_id, actor)
        if actor.party_id and account.party_id != actor.party_id:
            raise errors.NotFound
        page = catalog.list_items(
            catalog.ItemFilter(text=text, line_ids=(account.line_id,), active=True),
            on=on,
            entity_id=account.entity_id,
            cursor=cursor,
            limit=limit,
        )
        taxed = [item for item in page.rows if item.tax_rate is not None]
        prices = pricing.resolve_prices(
            account=account,
            hospital_id=account.party_id if account.role == "hospital" else 0,
            lines=[pricing.PriceRequest(item.id, item.id, Decimal(1)) for item in taxed],
            on=on,
            vat_rates={item.id: item.tax_rate for item in taxed},
            actor=actor,
        )
        held = catalog.certificates_of([item.id for item in page.rows])
    return Offers(
        account, tuple(_offer(item, prices.get(item.id), held, on) for item in page.rows), page.next
    )


def _offer(item, choice, held, on) -> Offer:
    found = catalog.covering(held.get(item.id, ()), produced_on=None, on=on)
    certificate = found.number if found else ""
    if choice is None or isinstance(choice, errors.Reason):
        return Offer(item, None, "", certificate)
    return Offer(item, choice.unit_price, choice.kind, certificate)


def dealers(*, since: dt.date, actor: scope.Actor) -> list[Dealer]:
    """The accounts under the actor's own, with their orders since a day; three statements."""
    own = partners.list_accounts(party_id=actor.party_id, actor=actor)
    below = partners.list_children([account.id for account in own], actor=actor)
    found = totals.by_account([account.id for account in below], since=since, actor=actor)
    return [Dealer(account, found.get(account.id, totals.NOTHING)) for account in below]


def certificates_of(
    shipment: orders.ShipmentView, *, on: dt.date
) -> Sequence[tuple[orders.ShipmentLineView, catalog.ItemCertificate | None]]:
    """Each line of a delivery with the version of the certificate that covers its lot."""
    held = catalog.certificates_of([line.item_id for line in shipment.lines])
    return [
        (line, catalog.covering(held.get(line.item_id, ()), produced_on=line.produced_on, on=on))
        for line in shipment.lines
    ]
