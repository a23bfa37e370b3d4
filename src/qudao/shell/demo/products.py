"""Four hundred devices, with certificates, identifiers and packages, made from the range in `families`."""

import dataclasses
import datetime as dt
import random
from decimal import Decimal

from qudao.catalog import operations as catalog
from qudao.catalog.rules import NewIdentifier, NewItem
from qudao.kernel import periods, scope
from qudao.shell.company import goods
from qudao.shell.demo import families, names
from qudao.shell.demo.state import Demo

# The products of the small company: line, family it is like, guide price, what a piece costs us with tax.
SMALL = {
    "BQ-2515": ("CV", "chengxi", "2200.00", "1017.00"),
    "ZJ-3018": ("CV", "chengxi", "1200.00", "463.00"),
    "CTNI-100": ("IVD", "chengxi", "1580.00", "689.00"),
    "DS-035": ("CV", "chengxi", "120.00", "48.00"),
}
# The family whose certificate ran out some days ago: what was made before is sold on, nothing newer comes in. And the
# one whose certificate was revoked: nothing of it is sold any more.
LAPSED, REVOKED = "DX", "ES"
LAPSED_DAYS = 20
# Before it, numbers had another form.
_EARLIEST = dt.date(2015, 1, 1)
# How much of the guide price we pay ourselves, by line.
COST = {"CV": "0.52", "IVD": "0.55", "OR": "0.48", "SU": "0.58", "EQ": "0.70"}


@dataclasses.dataclass(frozen=True, slots=True)
class Product:
    """A product as it is traded. `price` is the guide price of a base unit, `cost` what we pay, both with tax."""

    code: str
    line: str
    maker: str
    price: Decimal
    cost: Decimal
    unit: str
    shelf_months: int
    di: str
    serial: bool = False
    cold: bool = False
    bulk: int = 1


def catalogue(seed: int) -> dict[str, Product]:
    """Every product by code; pure, the same for the same seed."""
    chance = random.Random(f"{seed} products")
    makers = {maker.key: maker for maker in families.MAKERS}
    small = {code: (di, unit) for code, di, _, unit, _ in goods.ITEMS}
    found = {
        code: Product(
            *(code, line, maker, Decimal(price), Decimal(cost), small[code][1], 24, small[code][0]),
            serial=code == "ZJ-3018",
            cold=line == "IVD",
        )
        for code, (line, maker, price, cost) in SMALL.items()
    }
    counters = dict.fromkeys(makers, 100)
    for family in families.FAMILIES:
        low, high = family.price
        count = len(family.specifications)
        for place in range(count):
            price = rounded(low + (high - low) * (place + chance.random()) / count)
            counters[family.maker] += 1
            code = f"{family.code}-{place + 1:03d}"
            found[code] = Product(
                code=code,
                line=family.line,
                maker=family.maker,
                price=price,
                cost=rounded(float(price) * float(COST[family.line])),
                unit=family.unit,
                shelf_months=family.shelf_months,
                di=names.gtin(makers[family.maker].number, counters[family.maker]),
                serial=family.serial,
                cold=family.cold,
                bulk=family.package[1] if family.package[1] >= 50 else 1,
            )
    return found


def rounded(price: float) -> Decimal:
    """To prices as lists show them: to the yuan, above a hundred to five, above ten thousand to a hundred."""
    step = 1 if price < 100 else 5 if price < 1_000 else 10 if price < 10_000 else 100
    return Decimal(max(1, round(price / step) * step)).quantize(Decimal("0.01"))


def build(demo: Demo, *, now: dt.datetime, actor: scope.Actor) -> None:
    """Product lines, products and certificates beside those of the small company."""
    company = demo.company
    for code, name, english in families.LINES:
        company.lines[code] = catalog.open_line(
            code=code, name=name, name_en=english, actor=actor, now=now
        ).id
    made = catalog.register_items(
        items=[new for family in families.FAMILIES for new in _items(demo, family)], actor=actor, now=now
    )
    company.items |= {item.code: item.id for item in made}
    news = [_certificate(demo, place, family) for place, family in enumerate(families.FAMILIES)]
    # The term that runs at the beginning runs through the whole history.
    goods.certify(news, until=demo.begin, actor=actor, now=now)


def _items(demo: Demo, family: families.Family) -> list[NewItem]:
    maker = next(one for one in families.MAKERS if one.key == family.maker)
    package, size = family.package
    return [
        NewItem(
            code=product.code,
            name=family.name,
            specification=specification,
            manufacturer=maker.name,
            line_id=demo.company.lines[family.line],
            device_class=family.device_class,
            category_2017=family.category,
            category_2002="6840" if family.category == "6840" else "",
            tracking="serial" if family.serial else "lot",
            is_implant=family.implant,
            is_equipment=family.equipment,
            cold_chain=family.cold,
            storage="2–8 ℃ 冷藏" if family.cold else "常温干燥通风",
            base_unit=family.unit,
            price_unit=family.unit,
            tax_rate=goods.VAT,
            shelf_life_months=family.shelf_months,
            units={package: size} if package != family.unit and size > 1 else {},
            identifiers=_identifiers(product, family),
        )
        for product, specification in zip(_of(demo, family), family.specifications, strict=True)
    ]


def _of(demo: Demo, family: families.Family) -> list[Product]:
    return [demo.products[f"{family.code}-{place:03d}"] for place in range(1, len(family.specifications) + 1)]


def _identifiers(product: Product, family: families.Family) -> tuple[NewIdentifier, ...]:
    found = [NewIdentifier(di=product.di, carrier="gs1", unit=family.unit, serial_required=family.serial)]
    package, size = family.package
    if size > 1:
        outer = names.package_of(product.di)
        found.append(NewIdentifier(di=outer, carrier="gs1", unit=package, level=1, base_quantity=size))
    return tuple(found)


def _certificate(demo: Demo, place: int, family: families.Family) -> catalog.NewCertificate:
    maker = next(one for one in families.MAKERS if one.key == family.maker)
    city = names.CITIES[maker.city]
    first = _first_registered(demo, place, family)
    authority = "国" if family.device_class == 3 else city.abbreviation[0]
    category = "40" if family.category == "6840" else family.category[:2]
    number = f"{authority}械注准{first.year}{family.device_class}{category}{place * 37 % 900 + 100:04d}"
    return catalog.NewCertificate(
        number=number,
        registrant=maker.name,
        registrant_uscc=demo.partners[maker.key].uscc,
        producer=maker.name,
        production_permit=families.permit(maker.key),
        valid_from=first,
        item_ids=tuple(demo.company.items[product.code] for product in _of(demo, family)),
    )


def _first_registered(demo: Demo, place: int, family: families.Family) -> dt.date:
    """Of the term that holds at the beginning, or of one or two before it."""
    begin = periods.add_months(demo.begin, -14 - place % 30) + dt.timedelta(days=place * 11 % 28)
    if family.code == LAPSED:
        begin = periods.add_months(demo.today - dt.timedelta(days=LAPSED_DAYS), -goods.TERM)
    earlier = [periods.add_months(begin, -goods.TERM * back) for back in range(place % 3 + 1)]
    return min(day for day in earlier if day >= _EARLIEST)
