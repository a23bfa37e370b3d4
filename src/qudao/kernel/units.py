"""Units of measure for whoever reads English. A unit is what its product's file, label or contract calls it, so that
is what is stored and sent; pages and documents say it in the reader's language, and take it as they say it."""

import re
from collections.abc import Collection
from decimal import Decimal

from django.utils.translation import get_language

# As it is stored → one of it, and several.
ENGLISH = {
    **dict.fromkeys("支根个枚片块把只条张件粒", ("pc", "pcs")),
    "台": ("unit", "units"),
    "套": ("set", "sets"),
    "盒": ("box", "boxes"),
    "箱": ("carton", "cartons"),
    "包": ("pack", "packs"),
    "袋": ("bag", "bags"),
    "瓶": ("bottle", "bottles"),
    "管": ("tube", "tubes"),
    "卷": ("roll", "rolls"),
    "双": ("pair", "pairs"),
    "副": ("pair", "pairs"),
    "人份": ("test", "tests"),
    "测试": ("test", "tests"),
}


def shown(unit: str, count: Decimal | int = 1) -> str:
    """盒 → box, of several boxes; 盒50, a box of another size than the first, → box of 50. What is not known stands as
    it is, and in Chinese everything does."""
    return unit if get_language() != "en" else _english(unit)[abs(count) != 1]


def meant(typed: str, known: Collection[str]) -> str:
    """The one of these units that was typed, as it is stored or in English (box, Boxes, box of 50). As it was typed
    where it is none of them, or may be several."""
    name = typed.casefold()
    found = [unit for unit in known if name in _english(unit)]
    return found[0] if len(found) == 1 and typed not in known else typed


def _english(unit: str) -> tuple[str, str]:
    """One of it, and several."""
    name = re.split(r"\d", unit, maxsplit=1)[0]
    if name not in ENGLISH:
        return unit, unit
    size = unit.removeprefix(name)
    one, several = ENGLISH[name]
    return (f"{one} of {size}", f"{several} of {size}") if size else (one, several)
