"""The city a report names, in a column of its own or at the head of the customer's name."""

import functools

from qudao.flow.rules import customers, names
from qudao.partners import territories


@functools.cache
def _cities() -> dict[str, int]:
    """Full name (杭州市, 延边朝鲜族自治州, 上海市) → city part of the code; names of several cities are left out."""
    found: dict[str, set[int]] = {}
    for one in territories.divisions().values():
        city = customers.city_of(one.code)
        if city and one.level in ("province", "city"):
            found.setdefault(names.name_key(one.name), set()).add(city)
    return {name: codes.pop() for name, codes in found.items() if len(codes) == 1 and len(name) > 1}


@functools.cache
def _short() -> dict[str, int]:
    return {name.removesuffix("市"): city for name, city in _cities().items() if name.endswith("市")}


def of_column(text: str) -> int:
    """`浙江省杭州市`, `杭州市`, `杭州` → 3301; 0 when no city is meant."""
    key = names.name_key(text)
    whole = next((city for name, city in _cities().items() if key.endswith(name) or key.startswith(name)), 0)
    return whole or _short().get(key, 0)


def of_name(text: str) -> int:
    """`杭州市第一人民医院` → 3301. Only a full name counts: 吉林大学 lies in another city than 吉林市."""
    key = names.name_key(text)
    return next((city for name, city in _cities().items() if name in key[: len(name) + 4]), 0)


def of(column: str, customer: str) -> int:
    return of_column(column) or of_name(customer)
