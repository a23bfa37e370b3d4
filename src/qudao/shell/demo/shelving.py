"""Where goods lie in the warehouses (货位): aisles by product line, racks and levels; pure."""

from collections.abc import Mapping

from qudao.inventory import operations as inventory
from qudao.shell.demo.products import Product

# The cold room is an aisle of its own.
AISLES = {"CV": "A", "OR": "B", "SU": "C", "EQ": "D", "IVD": "L"}
RACKS, LEVELS = 8, 4
_PLACES = tuple((zone.upper(), zone) for zone in inventory.ZONES)


def locations() -> tuple[tuple[str, str], ...]:
    """(code, zone) of every place of a warehouse: that of each zone, and the shelves for goods to sell."""
    return (
        *_PLACES,
        *(
            (_code(aisle, number), "good")
            for aisle in sorted(AISLES.values())
            for number in range(RACKS * LEVELS)
        ),
    )


def shelves(products: Mapping[str, Product]) -> dict[str, str]:
    """Product → its shelf, the same in every warehouse: a line's products by code along its aisle."""
    found = {}
    for line, aisle in AISLES.items():
        codes = sorted(code for code, product in products.items() if product.line == line)
        for place, code in enumerate(codes):
            found[code] = _code(aisle, place * RACKS * LEVELS // len(codes))
    return found


def _code(aisle: str, number: int) -> str:
    """A-03-2: aisle, rack, level."""
    return f"{aisle}-{number // LEVELS + 1:02d}-{number % LEVELS + 1}"
