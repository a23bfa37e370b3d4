"""Products from the register's file, their certificates, warehouses and opening stock."""

import dataclasses
import datetime as dt
import itertools
from decimal import Decimal

from qudao.catalog import operations as catalog
from qudao.inventory import operations as inventory
from qudao.kernel import periods, scope
from qudao.shell.company import FILES, Company

# 生产许可证 of our supplier.
PERMIT = "苏药监械生产许20210033号"

LINES = (("CV", "心血管介入", "Cardiovascular"), ("IVD", "体外诊断", "In-vitro diagnostics"))
# code, DI in the register's file, line, base unit, implant
ITEMS = (
    ("BQ-2515", "06901234567014", "CV", "支", False),
    ("ZJ-3018", "06901234567021", "CV", "套", True),
    ("CTNI-100", "06901234567038", "IVD", "盒", False),
    ("DS-035", "06901234567045", "CV", "根", False),
)
MAKER = "苏州澄溪医疗科技有限公司"
# Number, product, first registration, which the number names: a renewal keeps it, so no date of it is moved.
CERTIFICATES = (
    ("国械注准20213030647", "BQ-2515", dt.date(2021, 5, 18)),
    ("国械注准20193130221", "ZJ-3018", dt.date(2019, 4, 2)),
    ("浙械注准20182400112", "CTNI-100", dt.date(2018, 9, 10)),
    ("苏械注准20202030876", "DS-035", dt.date(2020, 7, 1)),
)
TERM = 60  # months
WAREHOUSES = (
    ("HZ", "hz", "杭州仓", 330100, 10, "杭州市萧山区物流大道 6 号"),
    ("SH", "sh", "上海仓", 310100, 20, "上海市浦东新区川沙路 18 号"),
)
VAT = Decimal("0.13")


def build(company: Company, *, now: dt.datetime, actor: scope.Actor, **places) -> catalog.UdiImport:
    """Take in the register's file, register products from it, enter certificates, open warehouses (`places` as
    theirs)."""
    with open(FILES / "udid.xml", "rb") as stream:
        imported = catalog.import_udi(stream, actor=actor, now=now)
    for code, name, english in LINES:
        made = catalog.open_line(code=code, name=name, name_en=english, actor=actor, now=now)
        company.lines[code] = made.id
    for code, di, line, unit, implant in ITEMS:
        made = catalog.register_from_udi(
            di=di,
            code=code,
            line_id=company.lines[line],
            base_unit=unit,
            price_unit=unit,
            is_implant=implant,
            tax_rate=VAT,
            actor=actor,
            now=now,
        )
        company.items[code] = made.id
    certify(
        [
            catalog.NewCertificate(
                number=number,
                registrant=MAKER,
                registrant_uscc="91320500MA1XK0004D",
                producer=MAKER,
                production_permit=PERMIT,
                valid_from=first,
                item_ids=(company.items[code],),
            )
            for number, code, first in CERTIFICATES
        ],
        until=company.today,
        actor=actor,
        now=now,
    )
    warehouses(company, now=now, actor=actor, **places)
    return imported


def certify(
    registrations: list[catalog.NewCertificate], *, until: dt.date, actor: scope.Actor, now: dt.datetime
) -> None:
    """Enter certificates as of their first registration, and each renewal up to the term that holds on `until`."""
    terms = {new.number: _terms(new.valid_from, until) for new in registrations}
    catalog.register_certificates(
        registrations=[
            dataclasses.replace(new, valid_until=terms[new.number][0].valid_until) for new in registrations
        ],
        actor=actor,
        now=now,
    )
    renewals = [
        catalog.Renewal(number=number, valid_from=term.valid_from, valid_until=term.valid_until)
        for number, of_number in terms.items()
        for term in of_number[1:]
    ]
    if renewals:
        catalog.renew_certificates(renewals=renewals, actor=actor, now=now)


def _terms(first: dt.date, until: dt.date) -> list[periods.Period]:
    """Five years each, one after the other."""
    ends = [first, periods.add_months(first, TERM)]
    while ends[-1] <= until:
        ends.append(periods.add_months(first, TERM * len(ends)))
    return [periods.Period(*days) for days in itertools.pairwise(ends)]


def warehouses(company: Company, *, now: dt.datetime, actor: scope.Actor, **places) -> None:
    """`places` may name `locations`; without, each zone is one place."""
    made = inventory.open_sites(
        openings=[
            inventory.SiteOpening(
                entity_id=company.entities["qd"],
                code=code,
                name=name,
                kind="warehouse",
                region_id=company.regions["east"],
                territory=territory,
                priority=priority,
                address=address,
                **places,
            )
            for code, _, name, territory, priority, address in WAREHOUSES
        ],
        actor=actor,
        now=now,
    )
    for (_, key, *_rest), site in zip(WAREHOUSES, made, strict=True):
        company.sites[key] = site.id


# code, warehouse, lot, produced, usable until, pieces, cost of a piece; serials make one piece each
STOCK = (
    ("BQ-2515", "hz", "B2601", dt.date(2026, 1, 10), dt.date(2028, 1, 9), 60, "900.00"),
    ("BQ-2515", "sh", "B2602", dt.date(2026, 2, 12), dt.date(2028, 2, 11), 100, "900.00"),
    ("BQ-2515", "hz", "B2502", dt.date(2025, 1, 8), dt.date(2027, 1, 7), 20, "880.00"),
    ("DS-035", "hz", "D2603", dt.date(2026, 3, 2), dt.date(2029, 3, 1), 200, "42.50"),
    ("CTNI-100", "hz", "L2606", dt.date(2026, 6, 1), dt.date(2027, 5, 31), 24, "610.00"),
    ("CTNI-100", "hz", "L2601", dt.date(2026, 1, 4), dt.date(2027, 1, 3), 30, "610.00"),
)
SERIALS = tuple(f"S26{number:04d}" for number in range(1, 13))


def stock(company: Company, *, now: dt.datetime, actor: scope.Actor) -> None:
    """What lies in the warehouses at go-live, with control totals."""
    lines = [
        inventory.OpeningLine(
            site_id=company.sites[site],
            item_id=company.items[code],
            lot=lot,
            produced_on=company.day(produced),
            last_usable_on=company.day(usable),
            quantity=Decimal(pieces),
            value=pieces * Decimal(cost),
        )
        for code, site, lot, produced, usable, pieces, cost in STOCK
    ]
    lines += [
        inventory.OpeningLine(
            site_id=company.sites["hz" if number < 8 else "sh"],
            item_id=company.items["ZJ-3018"],
            lot="Z2605",
            serial=serial,
            produced_on=company.day(dt.date(2026, 5, 6)),
            last_usable_on=company.day(dt.date(2028, 5, 5)),
            quantity=Decimal(1),
            value=Decimal("410.00"),
        )
        for number, serial in enumerate(SERIALS)
    ]
    inventory.open_stock(
        entity_id=company.entities["qd"],
        lines=lines,
        control_quantity=sum((line.quantity for line in lines), Decimal(0)),
        control_value=sum((line.value for line in lines), Decimal(0)),
        actor=actor,
        now=now,
    )
