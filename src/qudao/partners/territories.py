"""Administrative divisions of GB/T 2260: provinces, prefecture-level cities and the counties and cities
that lie directly under a province. Codes are numbers of six digits; see `rules.authorisations.territory`
for what lies in what."""

import csv
import dataclasses
import functools
import pathlib
from typing import Literal

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


def rows(model):
    """Unsaved rows of `model` (partners.Territory) for every division."""
    return [model(code=one.code, name=one.name, level=one.level) for one in divisions().values()]
