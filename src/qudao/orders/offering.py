"""Products to choose from at the desk, where what was typed fits several: those agreed with the buyer first, each with
what it costs the buyer and how much could be sent."""

import dataclasses
import datetime as dt
from decimal import Decimal

from qudao.catalog import queries as catalog
from qudao.kernel import errors, scope
from qudao.orders import preparation
from qudao.partners import queries as partners
from qudao.pricing import queries as pricing

MOST = 12
# More of a product than any warehouse holds: what is then missing tells what there is.
ALL_THERE_IS = Decimal(10) ** 12


@dataclasses.dataclass(frozen=True, slots=True)
class Offer:
    """A product with the buyer's price for one price unit, None without one, and the base units that could be
    sent, None without a place to send them to; `agreed`: the price was agreed with the buyer or the hospital."""

    item: catalog.ItemView
    price: Decimal | None
    agreed: bool
    available: Decimal | None


@dataclasses.dataclass(frozen=True, slots=True)
class Offers:
    """`more`: further products match, which a longer text may find."""

    rows: tuple[Offer, ...] = ()
    more: bool = False


def offers(text: str, *, account_id: int, place_id: int, on: dt.date, actor: scope.Actor) -> Offers:
    """What matches the text of the account's line, for goods that go to the place (0: not known yet). Joins the
    caller's acting transaction; the statements do not grow with the products. Raises NotFound."""
    account = partners.get_account(account_id, actor)
    delivery = None
    if place_id:
        delivery = partners.get_delivery(account_id=account_id, place_id=place_id, hospital_id=0, actor=actor)
    hospital_id = delivery.place.hospital_id if delivery else 0
    preparation.require_own(account.party_id, actor=actor)
    agreed = pricing.agreed_items(account, hospital_id=hospital_id, on=on, actor=actor)
    found = catalog.search_items(
        text, MOST + 1, on=on, entity_id=account.entity_id, line_ids=[account.line_id], first=agreed
    )
    items = found[:MOST]
    taxed = {item.id: item.tax_rate for item in items if item.tax_rate is not None}
    prices = pricing.resolve_prices(
        account=account,
        hospital_id=hospital_id,
        lines=[pricing.PriceRequest(item_id, item_id, Decimal(1)) for item_id in taxed],
        on=on,
        vat_rates=taxed,
        actor=actor,
    )
    available = _available(items, delivery, hospital_id, on, actor) if delivery else {}
    rows = (
        Offer(item, _price(prices.get(item.id)), item.id in agreed, available.get(item.id)) for item in items
    )
    return Offers(tuple(rows), len(found) > MOST)


def _price(choice) -> Decimal | None:
    return None if choice is None or isinstance(choice, errors.Reason) else choice.unit_price


def _available(items, delivery, hospital_id, on, actor) -> dict[int, Decimal]:
    """Item → base units that an order of today could have, by the rules that an order is allocated by."""
    found = preparation.allocate(
        [preparation.Want(item.id, item.id, item.line_id, ALL_THERE_IS, item.base_unit) for item in items],
        delivery=delivery,
        hospital_id=hospital_id,
        requested_on=None,
        certificates=catalog.certificates_once([item.id for item in items]),
        on=on,
        actor=actor,
    )
    return {short.line: short.available for short in found.shortages}
