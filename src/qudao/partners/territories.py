"""Administrative divisions of GB/T 2260: provinces, prefecture-level cities and the counties and cities
that lie directly under a province. Codes are numbers of six digits; see `rules.authorisations.territory`
for what lies in what."""

import csv
import dataclasses
import functools
import pathlib
from typing import Literal

from qudao.partners.rules import authorisations as rules

Level = Literal["province", "city", "county"]

_FILE = pathlib.Path(__file__).with_name("data") / "gbt2260.csv"
# Cities of a municipality carry this instead of a name, and cities by proxy that of their kind.
_NAMELESS = ("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划")


@dataclasses.dataclass(frozen=True, slots=True)
class Division:
    code: int
    name: str

    @property
    def level(self) -> Level:
        if self.code % 10_000 == 0:
            return "province"
        return "city" if self.code % 100 == 0 else "county"


@functools.cache
def divisions() -> dict[int, Division]:
    """Every division of the file by its code."""
    with open(_FILE, encoding="utf-8", newline="") as file:
        return {int(row["code"]): Division(int(row["code"]), row["name"]) for row in csv.DictReader(file)}


def label(code: int) -> str:
    """`330100` → 浙江省 杭州市, `310100` → 上海市; a code outside the file shows the nearest above it, 0 nothing."""
    found = divisions()
    names = [found[part].name for part in (code // 10_000 * 10_000, code // 100 * 100, code) if part in found]
    return " ".join(name for name in dict.fromkeys(names) if name not in _NAMELESS)


def find(text: str) -> list[int]:
    """Codes of the divisions a text names: 杭州, 杭州市, 浙江省 杭州市; the widest level that has one wins."""
    wanted = "".join(text.split())
    found = [
        code
        for code, one in divisions().items()
        if one.name not in _NAMELESS
        and (one.name.startswith(wanted) or label(code).replace(" ", "") == wanted)
    ]
    exact = [code for code in found if label(code).replace(" ", "") == wanted]
    if exact:
        return exact[:1]
    for level in ("province", "city", "county"):
        held = [code for code in found if divisions()[code].level == level]
        if held:
            return held
    return []


def bounds(code: int) -> tuple[int, int]:
    """The half-open range of codes that lie in the division."""
    area = rules.territory(code=code)
    return area.lower, area.upper


@functools.cache
def cities() -> tuple[str, ...]:
    """Provinces and cities as people write them, for a field to offer."""
    listed = [one for one in divisions().values() if one.level != "county" and one.name not in _NAMELESS]
    return tuple(label(one.code) for one in listed)


def rows(model):
    """Unsaved rows of `model` (partners.Territory) for every division."""
    return [model(code=one.code, name=one.name, level=one.level) for one in divisions().values()]
