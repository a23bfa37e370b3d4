"""Who the demo company trades with, planned from the seed: agents, dealers, points, stores, hospitals."""

import dataclasses
import random
from collections.abc import Iterator, Mapping, Sequence

from qudao.shell.demo import families, names

DEALERS, POINTS, STORES, HOSPITALS = 60, 12, 8, 150
# How many hospitals buy from us directly.
DIRECT = 36
LINES = ("CV", "IVD", "OR", "SU", "EQ")
# Chances of a dealer's first line, and of the tiers.
_LINE_CHANCES = (30, 30, 14, 18, 8)
_AGENTS = (
    ("a2", "瑞通", 330100, ("IVD", "OR")),
    ("a3", "华信", 440100, ("CV", "SU")),
    ("a4", "楚康", 420100, ("IVD", "OR")),
    ("a5", "京诚", 110100, ("CV", "IVD")),
    ("a6", "蜀恒", 510100, ("OR", "SU")),
)


@dataclasses.dataclass(frozen=True, slots=True)
class Partner:
    """A partner as planned. `lines` maps each product line it trades to the partner above it, "" for none.

    `weight` is its share of the trade, `paying` how it pays: prompt | slow | stopped (it ordered until some
    months ago and owes since). `area` is the territory it may sell in. `places` are (kind, name, address).
    """

    key: str
    code: str
    name: str
    short: str
    role: str
    city: int
    entity: str
    uscc: str
    address: str
    phone: str
    contact: str
    tier: str = "B"
    lines: Mapping[str, str] = dataclasses.field(default_factory=dict)
    weight: float = 1.0
    paying: str = "prompt"
    area: int = 0
    grade: str = ""
    type: str = ""
    places: tuple[tuple[str, str, str], ...] = ()

    @property
    def is_hospital(self) -> bool:
        return self.role == "hospital"

    @property
    def region(self) -> str:
        return names.CITIES[self.city].region


# Who buys more than this stands under no agent.
_UNDER_AGENT = 2.0
# The partners of the small company, as the plan needs to know them.
SMALL = (
    (
        "lianyou",
        "上海联佑医疗科技有限公司",
        "联佑医疗",
        "agent",
        310100,
        "A",
        {"CV": ""},
        15.0,
        310000,
        "吴昊",
    ),
    (
        *("kangze", "杭州康泽医疗器械有限公司", "康泽医疗", "dealer", 330100, "B"),
        *({"CV": "lianyou", "IVD": ""}, 16.0, 330100, "林涛"),
    ),
    (
        *("renji", "宁波海曙仁济医疗设备有限公司", "仁济医疗", "dealer", 330200, "C"),
        *({"CV": "lianyou"}, 7.0, 330200, "何静"),
    ),
    (
        *("zheer", "浙江省第二人民医院", "浙二医院", "hospital", 330100, "A"),
        *({"CV": "", "IVD": ""}, 5.0, 0, "陈老师"),
    ),
)


def plan(seed: int) -> dict[str, Partner]:
    """Every partner by key, those of the small company first; pure."""
    chance = random.Random(f"{seed} network")
    found = {
        key: Partner(
            *(key, "", name, short, role, city, "qd", "", "", "", contact),
            tier=tier,
            lines=lines,
            weight=weight,
            area=area,
        )
        for key, name, short, role, city, tier, lines, weight, area, contact in SMALL
    }
    brands = names.brands(chance)
    made = [
        *_makers(chance),
        *_agents(chance),
        *_dealers(chance, brands),
        *_points(chance, brands),
        *_hospitals(chance),
    ]
    return found | {one.key: one for one in made}


def _common(chance: random.Random, city: names.City, *, hospital: bool = False) -> dict:
    # A hospital stands in a street that its city has not: nobody shall take it for the real one.
    road = names.HOSPITAL_ROADS[city.code // 100 % len(names.HOSPITAL_ROADS)] if hospital else city.road
    return {
        "city": city.code,
        "entity": city.entity,
        "uscc": names.uscc(chance, city.code, hospital=hospital),
        "address": f"{city.name}市{road} {chance.randint(8, 1900)} 号",
        "phone": f"{city.area}-{chance.randint(5, 8)}{chance.randint(10**6, 10**7 - 1)}",
        "contact": names.person(chance),
    }


def _makers(chance: random.Random) -> Iterator[Partner]:
    for place, maker in enumerate(families.MAKERS, 1):
        yield Partner(
            key=maker.key,
            code=f"S{place:03d}",
            name=maker.name,
            short=maker.short,
            role="supplier",
            **_common(chance, names.CITIES[maker.city]),
        )


def _agents(chance: random.Random) -> Iterator[Partner]:
    for place, (key, brand, code, lines) in enumerate(_AGENTS):
        city = names.CITIES[code]
        yield Partner(
            key=key,
            code=f"P{10 + place:03d}",
            name=f"{city.name}{brand}医疗科技有限公司",
            short=f"{brand}医疗",
            role="agent",
            tier="A",
            lines=dict.fromkeys(lines, ""),
            weight=6.0 - place * 0.6,
            area=city.province,
            **{**_common(chance, city), "entity": city.entity if key != "a2" else "qd"},
        )


def _dealers(chance: random.Random, brands: Iterator[str]) -> Iterator[Partner]:
    """Few large ones and many small: the weight falls with the rank, about as in Zipf's law."""
    cities = list(names.CITIES.values())
    agents = {(code // 10_000, line): key for key, _, code, lines in _AGENTS for line in lines}
    ranks = list(range(DEALERS - 2))
    chance.shuffle(ranks)
    for place in range(DEALERS - 2):
        city = cities[place] if place < len(cities) else chance.choice(cities[:36])
        brand = next(brands)
        first = chance.choices(LINES, _LINE_CHANCES)[0]
        own = {first, chance.choice(LINES)} if place % 3 == 0 else {first}
        weight = 11 / (1 + ranks[place]) ** 0.75
        near = {line: agents.get((city.code // 10_000, line), "") for line in LINES if line in own}
        lines = near if weight <= _UNDER_AGENT else dict.fromkeys(near, "")
        suffix = chance.choice(
            ("医疗器械有限公司", "医疗科技有限公司", "医疗设备有限公司", "生物科技有限公司")
        )
        yield Partner(
            key=f"d{place + 3:02d}",
            code=f"P{20 + place:03d}",
            name=f"{city.name}{brand}{suffix}",
            short=f"{brand}{suffix[:2]}",
            role="dealer",
            tier=chance.choices("ABCD", (10, 40, 38, 12))[0],
            lines=lines,
            weight=weight,
            paying=_paying(place),
            area=city.province if place % 5 == 1 else city.code,
            **_common(chance, city),
        )


def _paying(place: int) -> str:
    if place in (7, 16, 27, 38):
        return f"stopped {(2, 3, 5, 8)[(7, 16, 27, 38).index(place)]}"
    return "slow" if place % 8 == 5 else "prompt"


def _points(chance: random.Random, brands: Iterator[str]) -> Iterator[Partner]:
    cities = list(names.CITIES.values())
    for place in range(POINTS + STORES):
        city = cities[place * 2 % len(cities)]
        point = place < POINTS
        brand = next(brands)
        kind = "医疗设备服务中心" if point else "医疗器械门店"
        yield Partner(
            key=f"n{place + 1:02d}" if point else f"m{place - POINTS + 1:02d}",
            code=f"P{90 + place:03d}",
            name=f"{city.name}{brand}{kind}",
            short=f"{brand}{kind[-4:] if point else '门店'}",
            role="service_point" if point else "store",
            tier="D",
            lines={"EQ" if point else "SU": ""},
            weight=0.9,
            area=city.code,
            **_common(chance, city),
        )


# name, grade, type
_KINDS = (
    ("第一人民医院", "三甲", "综合"),
    ("中心医院", "三甲", "综合"),
    ("中医院", "三甲", "中医"),
    ("妇幼保健院", "三乙", "妇保"),
    ("第二人民医院", "三乙", "综合"),
    ("骨科医院", "二甲", "专科"),
)


def _hospitals(chance: random.Random) -> Iterator[Partner]:
    cities = list(names.CITIES.values())
    for place in range(HOSPITALS - 1):
        city = cities[place % len(cities)]
        kind, grade, type_ = _KINDS[place // len(cities)]
        name = f"{city.name}市{kind}"
        common = _common(chance, city, hospital=True)
        direct = place < DIRECT - 1
        line = LINES[place % len(LINES)]
        yield Partner(
            key=f"h{place + 2:03d}",
            code=f"H{place + 2:03d}",
            name=name,
            short=f"{city.name}{kind.replace('人民', '').replace('第一', '一').replace('第二', '二')}",
            role="hospital",
            tier="A" if grade == "三甲" else "B",
            lines={line: ""} if direct else {},
            weight=chance.uniform(0.8, 2.4),
            grade=grade,
            type=type_,
            places=_campuses(chance, name, city, grade, common["address"]),
            **common,
        )


def _campuses(
    chance: random.Random, name: str, city: names.City, grade: str, address: str
) -> tuple[tuple[str, str, str], ...]:
    """Large hospitals have several campuses (院区), the others one place."""
    if grade != "三甲":
        return (("department", f"{name} 设备科", address),)
    others = chance.sample(("东院区", "西院区", "新城院区", "滨江院区", "高新院区"), 1 + (grade == "三甲"))
    return (
        ("campus", f"{name}（本部）", address),
        *(
            ("campus", f"{name}（{other}）", f"{city.name}市{other[:2]}大道 {chance.randint(10, 900)} 号")
            for other in others[: chance.randint(1, 2)]
        ),
    )


def hospitals_in(partners: Sequence[Partner], area: int) -> list[Partner]:
    """The hospitals of a province or a city."""
    return [
        one
        for one in partners
        if one.is_hospital and (one.city == area or one.city // 10_000 * 10_000 == area)
    ]
