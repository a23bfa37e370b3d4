"""Units of measure for whoever reads English. A unit is what its product's file, label or contract calls it, so that
is what is stored, typed and sent; only pages and documents say it in the reader's language."""

import re
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
    if get_language() != "en":
        return unit
    name = re.split(r"\d", unit, maxsplit=1)[0]
    if name not in ENGLISH:
        return unit
    size = unit.removeprefix(name)
    words = ENGLISH[name][abs(count) != 1]
    return f"{words} of {size}" if size else words
