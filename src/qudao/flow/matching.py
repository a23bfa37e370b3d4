"""Report lines against what we know: loaded once for all lines, then matched and judged in memory."""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from qudao.catalog import queries as catalog
from qudao.flow import cities, files, models, reasons
from qudao.flow.rules import customers, products, states
from qudao.inventory import operations as inventory
from qudao.inventory import tracing
from qudao.kernel import errors, scope
from qudao.partners import queries as partners
from qudao.partners.rules import authorisations


@dataclasses.dataclass(frozen=True, slots=True)
class Matched:
    """A line with its matches and verdict, ready to be written."""

    account: partners.Account
    line: files.Line
    city: int
    customer: customers.Match
    product: products.Match
    quantity: Decimal | None
    digest: str
    state: str
    counted_month: dt.date
    reasons: tuple[errors.Reason, ...]

    @property
    def counts(self) -> bool:
        return self.state in states.COUNTED

    @property
    def columns(self) -> dict:
        """What a row of FlowRow holds of it, without identity and journal."""
        return {
            "counted_month": self.counted_month.isoformat(),
            "customer_key": self.line.as_customer(self.city).key,
            "city": self.city,
            "product_key": self.line.as_product().alias_key,
            "candidates": {
                "customer": [_proposed(one) for one in self.customer.candidates],
                "product": [_proposed(one) for one in self.product.candidates],
            },
            "item_id": self.product.item_id,
            "lot_id": self.product.lot_id,
            "serial_id": self.product.serial_id,
            "hospital_id": self.customer.hospital_id,
            "quantity": None if self.quantity is None else str(self.quantity),
            "customer_rule": self.customer.rule,
            "product_rule": self.product.rule,
            "state": self.state,
            "reasons": [reasons.as_json(one) for one in self.reasons],
            "line_digest": self.digest,
        }


@dataclasses.dataclass(frozen=True, slots=True)
class Reported:
    """A line of an account with the day it was taken in; `cleared` once a person found it authorised."""

    account_id: int
    line: files.Line
    taken_in_on: dt.date
    cleared: bool = False


def match(
    reported: Sequence[Reported],
    *,
    accounts: Mapping[int, partners.Account],
    earlier: Mapping[int, Mapping[str, str]],
    closing_day: int,
    actor: scope.Actor,
    today: dt.date,
) -> list[Matched]:
    """Every line matched and judged, aligned with `reported`; statements do not grow with the lines.

    `earlier`: account → digests of lines taken in before → where they stand. Runs in an acting transaction.
    """
    known = _Known(reported, accounts, actor=actor, today=today)
    found = [known.look_up(one) for one in reported]
    known.load_hospitals_goods(found)
    by_account: dict[int, list[int]] = {}
    for index, one in enumerate(reported):
        by_account.setdefault(one.account_id, []).append(index)
    result: dict[int, Matched] = {}
    for account_id, indexes in by_account.items():
        # In the order of the sales, so that the earliest use up what was delivered.
        indexes.sort(key=lambda index: (reported[index].line.sold_on, reported[index].line.no))
        lines = {index: known.judged_line(reported[index], found[index]) for index in indexes}
        verdicts = states.judge(
            lines=lines.values(),
            earlier=earlier.get(account_id, {}),
            left=known.left(account_id),
            held=known.held,
            closing_day=closing_day,
        )
        for index, verdict in zip(lines, verdicts, strict=True):
            result[index] = _matched(accounts[account_id], found[index], lines[index], verdict)
    return [result[index] for index in range(len(reported))]


@dataclasses.dataclass(frozen=True, slots=True)
class _Found:
    line: files.Line
    city: int
    customer: customers.Match
    product: products.Match
    quantity: Decimal | None


def _matched(account: partners.Account, found: _Found, line: states.Line, verdict: states.Verdict) -> Matched:
    return Matched(
        account,
        found.line,
        found.city,
        found.customer,
        found.product,
        found.quantity,
        line.digest,
        verdict.state,
        verdict.counted_month,
        verdict.reasons,
    )


class _Known:
    """What the lines are held against: hospitals, aliases, deliveries, products, units, authorisations."""

    def __init__(
        self,
        reported: Sequence[Reported],
        accounts: Mapping[int, partners.Account],
        *,
        actor: scope.Actor,
        today: dt.date,
    ) -> None:
        self._accounts = accounts
        party_ids = {account.party_id for account in accounts.values()}
        self.site_of = inventory.ensure_party_sites(party_ids)
        self._left = tracing.left_outside(site_ids=list(self.site_of.values()))
        self.held: dict[tuple[int, int, int], Decimal] = {}
        self._hospitals(actor)
        self._scans({one.line.udi for one in reported if one.line.udi}, today)
        called: dict[int, dict[str, int]] = {party_id: {} for party_id in party_ids}
        aliases = models.ProductAlias.objects.filter(party_id__in=party_ids)
        for party_id, key, item_id in aliases.values_list("party_id", "name_key", "item_id"):
            called[party_id][key] = item_id
        # What a person said the words mean may be a product the partner never got from us.
        meant = {item_id for names in called.values() for item_id in names.values()}
        item_ids = {one.item_id for one in self._left} | set(self._scanned.values()) | meant
        self._items = catalog.items(item_ids, on=today, entity_id=0)
        self._units = catalog.units(item_ids)
        self._shelves = {
            account.id: self._shelf(account, called[account.party_id]) for account in accounts.values()
        }
        self._granted = {
            entity_id: partners.authorisations_of(party_ids, entity_id=entity_id, actor=actor)
            for entity_id in {account.entity_id for account in accounts.values()}
        }
        self._customers: dict[customers.Customer, customers.Match] = {}
        self._allowed: dict[tuple, errors.Reason | None] = {}

    def _hospitals(self, actor: scope.Actor) -> None:
        hospitals = partners.all_hospitals(actor)
        self._division = {one.id: one.territory for one in hospitals}
        aliases = models.CustomerAlias.objects.values_list("name_key", "city", "hospital_id")
        self._directory = customers.Directory(
            (
                customers.Hospital(
                    one.id,
                    one.name,
                    customers.city_of(one.territory),
                    one.uscc or "",
                    one.code,
                    one.short_name,
                )
                for one in hospitals
            ),
            {(key, city): hospital_id for key, city, hospital_id in aliases},
        )

    def _scans(self, raws: set[str], today: dt.date) -> None:
        """Device codes in full or bare identifiers → products, lots, serials."""
        ordered = sorted(raws)
        bare = catalog.identifiers(ordered) if ordered else {}
        scans = catalog.resolve_scans(ordered, today=today) if ordered else []
        self._scan = dict(zip(ordered, scans, strict=True))
        self._identifier = bare | {
            raw: scan.identifier for raw, scan in self._scan.items() if scan.identifier and not scan.refused
        }
        self._scanned = {raw: one.item_id for raw, one in self._identifier.items()}

    def _shelf(self, account: partners.Account, called: Mapping[str, int]) -> products.Shelf:
        mine = self._left_of(account)
        own = {one.item_id for one in mine}
        return products.Shelf(
            (
                products.Product(item.id, item.code, item.name, item.specification)
                for item in self._items.values()
                if item.id in own
            ),
            (
                products.Delivered(one.item_id, one.lot_id, one.lot, one.serial_id, one.serial, one.quantity)
                for one in mine
            ),
            called,
        )

    def _left_of(self, account: partners.Account) -> list[tracing.Left]:
        """Of the account's entity and product line: what another account was delivered is none of its business."""
        key = (self.site_of[account.party_id], account.entity_id, account.line_id)
        return [
            one for one in self._left if (one.site_id, one.entity_id, self._items[one.item_id].line_id) == key
        ]

    def left(self, account_id: int) -> dict[tuple[int, int], Decimal]:
        mine = self._left_of(self._accounts[account_id])
        return {(one.lot_id, one.serial_id): one.quantity for one in mine}

    def look_up(self, one: Reported) -> _Found:
        line = one.line
        city = cities.of(line.city, line.customer)
        product = self._shelves[one.account_id].match(
            self._as_product(line, self._accounts[one.account_id].line_id)
        )
        return _Found(line, city, self._customer(line, city), product, self._quantity(line, product.item_id))

    def _customer(self, line: files.Line, city: int) -> customers.Match:
        asked = line.as_customer(city)
        if asked not in self._customers:
            self._customers[asked] = self._directory.match(asked)
        return self._customers[asked]

    def _as_product(self, line: files.Line, line_id: int) -> products.Line:
        item_id = self._scanned.get(line.udi, 0)
        ours = item_id and self._items[item_id].line_id == line_id
        found = line.as_product(item_id if ours else 0)
        scan = self._scan.get(line.udi)
        if scan is None or scan.refused:
            return found
        # A lot or serial in its own column is what the dealer means; the code fills in what is missing.
        return dataclasses.replace(
            found, lot=found.lot or scan.lot or "", serial=found.serial or scan.serial or ""
        )

    def _quantity(self, line: files.Line, item_id: int) -> Decimal | None:
        """In base units: by the unit named, else by the package the device code is of, else the only unit."""
        if not item_id:
            return None
        if line.unit:
            unit = self._units.get((item_id, line.unit))
            same = line.unit == self._items[item_id].base_unit
            factor = unit.factor if unit else (1 if same else None)
        elif line.udi in self._identifier:
            factor = self._identifier[line.udi].base_quantity
        else:
            factors = {unit.factor for (item, _), unit in self._units.items() if item == item_id} | {1}
            factor = 1 if factors == {1} else None
        return None if factor is None else line.quantity * factor

    def load_hospitals_goods(self, found: Iterable[_Found]) -> None:
        """What hospitals hold of the lots that reports say came back from them."""
        back = [one for one in found if one.quantity and one.quantity < 0 and one.customer.hospital_id]
        if not back:
            return
        site_of = inventory.ensure_party_sites({one.customer.hospital_id for one in back})
        party_of = {site: party for party, site in site_of.items()}
        lots = sorted({one.product.lot_id for one in back})
        for one in tracing.left_outside(site_ids=list(party_of), lot_ids=lots):
            key = (party_of[one.site_id], one.lot_id, one.serial_id)
            self.held[key] = self.held.get(key, Decimal(0)) + one.quantity

    def judged_line(self, one: Reported, found: _Found) -> states.Line:
        line = found.line
        product = " ".join(filter(None, (line.product, line.specification, line.item_code, line.udi)))
        return states.Line(
            no=line.no,
            sold_on=line.sold_on,
            taken_in_on=one.taken_in_on,
            item_id=found.product.item_id,
            lot_id=found.product.lot_id,
            serial_id=found.product.serial_id,
            hospital_id=found.customer.hospital_id,
            quantity=found.quantity,
            digest=line.digest(one.account_id),
            lot=line.lot,
            serial=line.serial,
            unit=line.unit,
            customer=line.customer,
            product=product,
            authorisation=None if one.cleared else self._authorisation(one, found),
        )

    def _authorisation(self, one: Reported, found: _Found) -> errors.Reason | None:
        """Why the account's partner may not sell the product to that hospital on that day; None when it may."""
        account = self._accounts[one.account_id]
        hospital_id, item_id = found.customer.hospital_id, found.product.item_id
        if not hospital_id or not item_id:
            return None
        key = (account.id, hospital_id, item_id, one.line.sold_on)
        if key not in self._allowed:
            verdict = authorisations.can_sell(
                rows=self._granted[account.entity_id],
                partner_id=account.party_id,
                place=authorisations.Place(self._division.get(hospital_id, 0), (hospital_id,)),
                item=authorisations.Item(item_id, self._items[item_id].line_id),
                channel="",
                on=one.line.sold_on,
            )
            self._allowed[key] = verdict.reason
        return self._allowed[key]


def _proposed(one: Any) -> dict[str, Any]:
    """A candidate as kept: the score as text, because the journal holds no floats."""
    return dataclasses.asdict(one) | {"score": f"{one.score:.4f}"}
