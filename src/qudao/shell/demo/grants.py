"""Who may sell what where (授权), year by year: who is the only one, which hospitals are named, what is asked for.

Agents hold their province and pass it on to the dealers below them. Planned pure, then granted.
"""

import collections
import dataclasses
import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from qudao.kernel import periods, scope
from qudao.partners import operations as partners
from qudao.partners.rules import authorisations as rules
from qudao.shell.demo import network
from qudao.shell.demo.state import Demo

# Hospitals named for one account, and from which weight on.
NAMED, _NAMED_FROM = 2, 1.5
_FIRST = "三甲"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One authorisation as planned, for every year. `above` is the partner whose own it is part of, "" where it is
    ours; `hospital` is the key of the hospital named, "" for all of `area`."""

    partner: str
    line: str
    area: int
    above: str = ""
    hospital: str = ""
    exclusive: bool = False
    onward: bool = False
    target: Decimal | None = None


def plan(demo: Demo) -> list[Grant]:
    """What is granted in a year, agents before the dealers below them, whose lists begin with the last. Hospitals and
    who has no territory get none."""
    held = [
        (one, line, area) for one in demo.partners.values() for line in one.lines for area in areas_of(one)
    ]
    held.sort(key=lambda one: ("agent", "service_point", "store", "dealer").index(one[0].role))
    named: dict[tuple[str, str], bool] = {}
    found: list[Grant] = []
    for one, line, area in held:
        found.append(
            Grant(
                partner=one.key,
                line=line,
                area=area,
                above=one.lines[line],
                exclusive=_alone(one, line, area, held),
                onward=one.role == "agent",
                target=_share(demo, one, line),
            )
        )
        found += _named(demo, one, line, area, named)
    return found


def areas_of(one: network.Partner) -> tuple[int, ...]:
    """The first agent has two provinces."""
    if not one.area:
        return ()
    return (one.area, 330000) if one.key == "lianyou" else (one.area,)


def _share(demo: Demo, one: network.Partner, line: str) -> Decimal | None:
    """What the account is to buy in a year, shared by its territories."""
    target = demo.targets.get(f"{one.key}.{line}")
    return None if target is None else (target / len(areas_of(one))).quantize(Decimal("0.01"))


def _alone(one: network.Partner, line: str, area: int, held: Iterable) -> bool:
    """Agents and good dealers are the only ones where nobody else has any of it."""
    if one.role != "agent" and (one.role != "dealer" or one.tier not in "AB"):
        return False
    return not _rivalled(one, line, area, held)


def _rivalled(one: network.Partner, line: str, area: int, held: Iterable) -> bool:
    """Whether somebody else has any of the area in the line, from whichever of our entities: the agent it is part of,
    and those it is passed on to, are no rivals."""
    own = rules.territory(code=area)
    return any(
        other.key not in (one.key, one.lines[line])
        and of == line
        and other.lines[of] != one.key
        and _meet(own, rules.territory(code=place))
        for other, of, place in held
    )


def _meet(one: rules.Territory, other: rules.Territory) -> bool:
    return one.lower < other.upper and other.lower < one.upper


def _named(
    demo: Demo, one: network.Partner, line: str, area: int, named: dict[tuple[str, str], bool]
) -> Iterator[Grant]:
    """The large hospitals a larger dealer looks after by name; the first of them nobody else does. What is somebody's
    alone is named for nobody else: `named` tells it of each line and hospital."""
    if one.role != "dealer" or one.weight < _NAMED_FROM:
        return
    open_to = [each for each in _large(demo, area) if not named.get((line, each.key))]
    for place, hospital in enumerate(open_to[:NAMED]):
        alone = place == 0 and (line, hospital.key) not in named
        named[line, hospital.key] = alone
        yield Grant(
            partner=one.key,
            line=line,
            area=hospital.city,
            above=one.lines[line],
            hospital=hospital.key,
            exclusive=alone,
        )


def _large(demo: Demo, area: int) -> list[network.Partner]:
    """Of the territory's hospitals those of the first grade; the small company's tells no grade here."""
    return [
        hospital
        for hospital in network.hospitals_in(list(demo.partners.values()), area)
        if hospital.grade == _FIRST or not hospital.code
    ]


# --- Granted ---------------------------------------------------------------------------------------


def build(demo: Demo, *, now: dt.datetime, actor: scope.Actor) -> None:
    """This contract year's authorisations, and last year's for the first months."""
    turn = demo.year
    planned = plan(demo)
    for begin in (periods.add_months(turn, -12), turn):
        above: dict[tuple[str, str], list[tuple[rules.Territory, int]]] = collections.defaultdict(list)
        for part in (
            [one for one in planned if one.onward],
            [one for one in planned if not one.onward],
        ):
            made = partners.grant_authorisations(
                [_new(demo, one, begin, above) for one in part], actor=actor, now=now
            )
            for one, number in zip(part, made, strict=True):
                if one.onward:
                    above[one.partner, one.line].append((rules.territory(code=one.area), number))


def _new(
    demo: Demo,
    one: Grant,
    begin: dt.date,
    above: Mapping[tuple[str, str], list[tuple[rules.Territory, int]]],
) -> partners.NewAuthorisation:
    company = demo.company
    own = rules.territory(code=one.area)
    held = above[one.above, one.line] if one.above else []
    return partners.NewAuthorisation(
        entity_id=company.entities[demo.partners[one.partner].entity],
        party_id=company.parties[one.partner],
        line_id=company.lines[one.line],
        territory=one.area,
        hospital_id=company.parties[one.hospital] if one.hospital else 0,
        exclusive=one.exclusive,
        sublicence=one.onward,
        parent_id=next((number for area, number in held if own.within(area)), None),
        valid_from=begin,
        valid_until=periods.add_months(begin, 12),
        target=one.target,
    )
