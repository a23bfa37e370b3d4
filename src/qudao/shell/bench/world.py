"""The bench's own database: the small company with a catalogue, prices, stock and a lot of many moves."""

import dataclasses
import datetime as dt
from decimal import Decimal

from qudao.catalog import operations as catalog
from qudao.catalog.rules import NewItem
from qudao.inventory import operations as inventory
from qudao.kernel import database, scope
from qudao.partners import queries as partners
from qudao.pricing import operations as pricing
from qudao.settlement import operations as settlement
from qudao.shell import starting
from qudao.shell.bench import DATABASE
from qudao.shell.company import Company, build, goods, terms, work

# The company's papers are in force on this day, whenever the bench runs.
NOW = dt.datetime(2026, 11, 23, 1, 30, tzinfo=dt.UTC)
ITEMS = 1000
STOCKED = 40
MOVES = 10_000
BACKGROUND_LOTS = 90
ACCOUNT = "kangze.CV"


@dataclasses.dataclass(frozen=True)
class World:
    """Who takes orders and who traces, and what there is. `stocked` items have lots in both warehouses."""

    company: Company
    actor: scope.Actor
    quality: scope.Actor
    account: partners.Account
    place_id: int
    items: tuple[int, ...]
    stocked: tuple[int, ...]
    lot_id: int


def made() -> World:
    """Make the database anew."""
    database.ensure_server()
    database.drop(DATABASE)
    database.create(DATABASE)
    starting.migrated(DATABASE)
    starting.ready(name=DATABASE)
    setup = scope.system("bench")
    company = build.everything(now=NOW)
    items = _catalogue(company, setup)
    _stock(company, items[:STOCKED], setup)
    account = partners.get_account(company.accounts[ACCOUNT], setup)
    settlement.set_credit(
        debtor_node_id=account.debtor_node_id,
        limit=Decimal("1000000000000.00"),
        approver="钱芳",
        actor=setup,
        now=NOW,
    )
    lot_id = _moves(company, items[0])
    with database.connect("owner", database=DATABASE, autocommit=True) as owner:
        owner.execute("VACUUM ANALYZE")
    desk, quality = (work.person(company, name, now=NOW) for name in ("zhoulan", "zhaoqing"))
    return World(
        company=company,
        actor=desk,
        quality=quality,
        account=account,
        place_id=company.places["zheer.binjiang"],
        items=items,
        stocked=items[:STOCKED],
        lot_id=lot_id,
    )


def _catalogue(company: Company, actor: scope.Actor) -> tuple[int, ...]:
    """Products with a certificate, a guide price and two dealers' contract prices."""
    made = catalog.register_items(
        items=[
            NewItem(
                code=f"DG-{number:04d}",
                name="一次性使用造影导管",
                specification=f"{4 + number % 5}F × {60 + number % 90} cm",
                manufacturer=goods.MAKER,
                line_id=company.lines["CV"],
                device_class=3,
                category_2017="03-13-01",
                base_unit="根",
                price_unit="根",
                tax_rate=goods.VAT,
            )
            for number in range(ITEMS)
        ],
        actor=actor,
        now=NOW,
    )
    items = tuple(item.id for item in made)
    catalog.register_certificate(
        certificate=catalog.NewCertificate(
            number="国械注准20223030518",
            registrant=goods.MAKER,
            valid_from=dt.date(2022, 3, 1),
            valid_until=dt.date(2032, 3, 1),
            item_ids=items,
        ),
        actor=actor,
        now=NOW,
    )
    prices = {item: Decimal(100 + number) for number, item in enumerate(items)}
    pricing.set_guide_prices(
        prices=[pricing.ListPrice(item_id=item, price=price) for item, price in prices.items()],
        citation="2026 价目表",
        entity_id=company.entities["qd"],
        valid_from=terms.BEGIN,
        actor=actor,
        now=NOW,
    )
    company.items |= {f"DG-{number:04d}": item for number, item in enumerate(items)}
    for number, account, factor in (
        ("HT-2026-0901", "kangze.CV", "0.80"),
        ("HT-2026-0902", "renji.CV", "0.90"),
    ):
        agreed = {
            code: prices[item] * Decimal(factor) for code, item in company.items.items() if item in prices
        }
        terms.contract(company, number, account, agreed, now=NOW, actor=actor)
    return items


def _stock(company: Company, items: tuple[int, ...], actor: scope.Actor) -> None:
    """Three lots of each item over both warehouses, of a size no bench exhausts."""
    lines = [
        inventory.OpeningLine(
            site_id=company.sites[site],
            item_id=item,
            lot=f"P{number:02d}{place}",
            produced_on=dt.date(2026, 1 + place, 10),
            last_usable_on=dt.date(2028, 1 + place, 9),
            quantity=Decimal(1_000_000),
            value=Decimal("40000000.00"),
        )
        for number, item in enumerate(items)
        for place, site in enumerate(("hz", "sh", "hz"))
    ]
    inventory.open_stock(
        entity_id=company.entities["qd"],
        lines=lines,
        control_quantity=sum((line.quantity for line in lines), Decimal(0)),
        control_value=sum((line.value for line in lines), Decimal(0)),
        actor=actor,
        now=NOW,
    )


# One receipt; then in turns a delivery to one of 50 dealers and what that one sold on to one of 400 hospitals.
_SITES = """
INSERT INTO inventory_site (entity_id, code, name, kind, party_id, region_id, territory, address,
                            licensed_address, priority)
SELECT 0, 'bench' || n, 'bench' || n, CASE n WHEN 0 THEN 'supplier' ELSE 'customer' END, 0, 0, 0, '', true, 50
FROM generate_series(0, 450) n RETURNING id
"""
_LOTS = """
INSERT INTO inventory_lot (item_id, code, produced_on, last_usable_on, held)
SELECT %s, 'T' || n, '2026-01-10', '2028-01-09', false FROM generate_series(0, %s) n RETURNING id
"""
_BALANCES = """
INSERT INTO inventory_balance (entity_id, site_id, item_id, lot_id, status, owner_kind, owner_id, on_hand,
                               reserved, received_on)
SELECT %(entity)s, %(site)s, %(item)s, lot, 'good', 'entity', %(entity)s,
       1000000 - 2 * (%(moves)s / 2), 0, '2026-02-01'
FROM unnest(%(lots)s::int[]) lot
"""
_MOVES = """
INSERT INTO inventory_move (entry, kind, at, "on", entity_id, item_id, lot_id, quantity, value, from_site_id,
    from_status, to_site_id, to_status, to_balance_id, from_balance_id, owner_kind, owner_id, origin_type,
    origin_id, origin_line)
SELECT gen_random_uuid(), m.kind, timestamptz '2026-02-01' + n * interval '10 minutes',
       date '2026-02-01' + n / 144, %(entity)s, %(item)s, b.lot_id, m.quantity, 0,
       m.from_site, m.from_status, m.to_site, m.to_status, NULL,
       NULL, 'entity', %(entity)s, 'bench', '', 0
FROM generate_series(0, %(moves)s - 1) n
CROSS JOIN unnest(%(lots)s::int[]) AS b (lot_id)
CROSS JOIN LATERAL (
    SELECT 'receive' AS kind, 1000000 AS quantity, %(supplier)s::int AS from_site, '' AS from_status,
           %(site)s::int AS to_site, 'good' AS to_status WHERE n = 0
    UNION ALL
    SELECT 'ship', 2, %(site)s, 'good', (%(customers)s::int[])[1 + n / 2 %% 50], '' WHERE n %% 2 = 1
    UNION ALL
    SELECT 'sell_through', 1, (%(customers)s::int[])[1 + (n - 1) / 2 %% 50], '',
           (%(customers)s::int[])[51 + n / 2 * 7 %% 400], '' WHERE n > 0 AND n %% 2 = 0
) m
"""


def _moves(company: Company, item_id: int) -> int:
    """A lot with 10,000 moves among ninety others, written as the owner; returns its id."""
    with database.connect("owner", database=DATABASE) as owner:
        owner.execute("SELECT set_config('app.everyone', 'on', true)")
        supplier, *customers = [row[0] for row in owner.execute(_SITES)]
        lots = [row[0] for row in owner.execute(_LOTS, [item_id, BACKGROUND_LOTS])]
        values = {
            "entity": company.entities["qd"],
            "site": company.sites["sh"],
            "item": item_id,
            "supplier": supplier,
            "customers": customers,
        }
        for chosen, moves in ((lots[:1], MOVES), (lots[1:], MOVES // 10)):
            owner.execute(_BALANCES, values | {"lots": chosen, "moves": moves})
            owner.execute(_MOVES, values | {"lots": chosen, "moves": moves})
    return lots[0]
