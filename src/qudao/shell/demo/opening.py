"""The house and its partners at the beginning: regions, warehouses, parties with papers, accounts."""

import datetime as dt
import random
from collections.abc import Iterator
from typing import Any

from qudao.catalog import certificates
from qudao.inventory import operations as inventory
from qudao.kernel import periods, scope
from qudao.organisation import operations as organisation
from qudao.partners import operations as partners
from qudao.partners.rules import licences
from qudao.shell.company import network as small
from qudao.shell.demo import families, grants, names, network, people, shelving
from qudao.shell.demo.state import Demo

# code, key, entity, name, city, priority, address
SITES = (
    ("SZ", "sz", "qd", "苏州仓", 320500, 30, "苏州市工业园区胜浦路 88 号"),
    ("GZ", "gz", "gz", "广州仓", 440100, 10, "广州市黄埔区开创大道 231 号"),
    ("WH", "wh", "gz", "武汉仓", 420100, 20, "武汉市东西湖区金银潭大道 9 号"),
    ("BJ", "bj", "bj", "北京仓", 110100, 10, "北京市通州区物流园中路 5 号"),
    ("CD", "cd", "bj", "成都仓", 510100, 20, "成都市青白江区大同大道 66 号"),
    ("SY", "sy", "bj", "沈阳仓", 210100, 30, "沈阳市浑南区沈本大街 17 号"),
)
SALES = {
    "south": "liuyang",
    "north": "gaojie",
    "northeast": "gaojie",
    "middle": "gaojie",
    "east": "shenyi",
    "central": "panlei",
    "southwest": "duyue",
}
# A permit runs five years; months.
TERM = 60
SMALL_KEYS = ("lianyou", "kangze", "renji", "zheer")


def house_and_sites(demo: Demo, *, now: dt.datetime, actor: scope.Actor) -> None:
    """Regions and warehouses beside those of the small company, and our own people."""
    company = demo.company
    for code, name, provinces in names.REGIONS:
        made = organisation.open_region(code=code, name=name, provinces=provinces, actor=actor, now=now)
        company.regions[code] = made.id
    opened = inventory.open_sites(
        openings=[
            inventory.SiteOpening(
                entity_id=company.entities[entity],
                code=code,
                name=name,
                region_id=company.regions[names.CITIES[city].region],
                territory=city,
                priority=priority,
                address=address,
                locations=shelving.locations(),
            )
            for code, _, entity, name, city, priority, address in SITES
        ],
        actor=actor,
        now=now,
    )
    company.sites |= {key: site.id for (_, key, *_rest), site in zip(SITES, opened, strict=True)}
    people.ours(demo, now=now, actor=actor)


def parties(demo: Demo, *, now: dt.datetime, actor: scope.Actor) -> None:
    """Partners with licences, places, accounts and authorisations."""
    company = demo.company
    new = [one for one in demo.partners.values() if one.key not in (*SMALL_KEYS, "chengxi")]
    ids = partners.open_parties([_party(one) for one in new], actor=actor, now=now)
    company.parties |= {one.key: made for one, made in zip(new, ids, strict=True)}
    papers = [*_business_licences(demo), *_licences(demo, new), _reagents(demo)]
    partners.record_licences(papers, actor=actor, now=now)
    places = {f"{one.key}.{no}": (one, place) for one in new for no, place in enumerate(_places(one), 1)}
    made = partners.open_places(
        [
            partners.NewPlace(
                party_id=company.parties[one.key],
                kind=kind,
                name=name,
                territory=one.city,
                address=address,
                contact=one.contact,
                phone=one.phone,
            )
            for one, (kind, name, address) in places.values()
        ],
        actor=actor,
        now=now,
    )
    company.places |= dict(zip(places, made, strict=True))
    _accounts(demo, new, now=now, actor=actor)
    grants.build(demo, now=now, actor=actor)


def _party(one: network.Partner) -> partners.NewParty:
    roles = {"hospital": (), "agent": ("agent", "dealer")}.get(one.role, (one.role,))
    more = {"kind": "hospital", "grade": one.grade, "type": one.type} if one.is_hospital else {}
    return partners.NewParty(
        name=one.name,
        short_name=one.short,
        uscc=one.uscc,
        roles=roles,
        territory=one.city,
        code=one.code,
        address=one.address,
        phone=one.phone,
        **more,
    )


def _places(one: network.Partner) -> tuple[tuple[str, str, str], ...]:
    if one.places or one.role == "supplier":
        return one.places
    return ((("office" if one.role == "store" else "warehouse"), f"{one.short}收货点", one.address),)


# --- Papers ----------------------------------------------------------------------------------------


def _scope(
    lines: tuple[str, ...], classes: tuple[certificates.DeviceClass, ...] = (2, 3)
) -> tuple[licences.ScopeEntry, ...]:
    """The categories of the product lines; reagents in the 2002 catalogue, with cold chain."""
    categories = {
        family.category if family.category == "6840" else family.category[:2]
        for family in families.FAMILIES
        if family.line in lines
    }
    return tuple(
        licences.ScopeEntry("2002", category, device_class, "cold_chain")
        if category == "6840"
        else licences.ScopeEntry("2017", category, device_class)
        for category in sorted(categories)
        for device_class in classes
    )


def _licences(demo: Demo, new: list[network.Partner]) -> Iterator[partners.NewLicence]:
    chance = random.Random(f"{demo.seed} licences")
    for place, one in enumerate(new):
        begin = periods.add_months(demo.begin, -24 - chance.randint(0, 20))
        until = _expiry(demo, one, place, chance)
        issued = periods.add_months(until, -TERM)
        city = names.CITIES[one.city]
        common: dict[str, Any] = {"party_id": demo.company.parties[one.key]}
        permit: dict[str, Any] = {**common, "valid_from": issued, "valid_until": until}
        running = f"{chance.randint(100, 9999):04d}"
        if one.is_hospital:
            registered = f"{one.uscc[2:8]}{chance.randint(10**9, 10**10 - 1)}A1001"
            yield partners.NewLicence(kind="practice_permit", number=registered, **permit)
        elif one.role == "supplier":
            number = families.permit(one.key)
            made = tuple({family.line for family in families.FAMILIES if family.maker == one.key})
            yield partners.NewLicence(kind="production_permit", number=number, scope=_scope(made), **permit)
        else:
            lines = tuple(one.lines)
            yield partners.NewLicence(
                kind="distribution_permit",
                number=f"{city.abbreviation}药监械经营许{issued.year}{running}号",
                scope=_scope(lines),
                mode="both" if one.role == "store" else "wholesale",
                issued_by=f"{city.name}市市场监督管理局",
                **permit,
            )
            yield partners.NewLicence(
                kind="distribution_filing",
                number=f"{city.abbreviation}药监械经营备{begin.year}{running}号",
                valid_from=begin,
                scope=_scope(lines, small.FILED),
                mode="wholesale",
                **common,
            )


def _business_licences(demo: Demo) -> Iterator[partners.NewLicence]:
    """Whoever trades has one, numbered as the enterprise itself; a public hospital is none."""
    for one in demo.partners.values():
        if not one.is_hospital:
            chance = random.Random(f"{demo.seed} founded {one.key}")
            yield partners.NewLicence(
                party_id=demo.company.parties[one.key],
                kind="business_licence",
                number=one.uscc or small.PARTIES[one.key].uscc,
                valid_from=dt.date(chance.randint(2016, 2020), chance.randint(1, 12), chance.randint(1, 28)),
                issued_by=f"{names.CITIES[one.city].name}市市场监督管理局",
            )


def _reagents(demo: Demo) -> partners.NewLicence:
    """康泽's filing for reagents, which it does without in the small company."""
    return partners.NewLicence(
        party_id=demo.company.parties["kangze"],
        kind="distribution_filing",
        number="浙杭药监械经营备20240045号",
        valid_from=periods.add_months(demo.begin, -6),
        scope=_scope(("IVD",), small.FILED),
        mode="wholesale",
    )


def _expiry(demo: Demo, one: network.Partner, place: int, chance: random.Random) -> dt.date:
    """The first day without effect: for most in years, for one within the month, for one a few days ago."""
    days = chance.randint(120, 1100)
    if one.key == demo.stories.lapsing_partner:
        days = 22
    elif one.key == demo.stories.lapsed_partner:
        days = -9
    elif one.role in ("dealer", "hospital") and place % 29 == 3:
        days = chance.randint(35, 88)
    return demo.today + dt.timedelta(days=days)


# --- Accounts --------------------------------------------------------------------------------------


def _accounts(demo: Demo, new: list[network.Partner], *, now: dt.datetime, actor: scope.Actor) -> None:
    company = demo.company
    pairs = [(one, line, parent) for one in new for line, parent in one.lines.items()]
    made = partners.open_accounts(
        [
            partners.NewAccount(
                entity_id=company.entities[one.entity],
                party_id=company.parties[one.key],
                line_id=company.lines[line],
                role="dealer" if one.role == "store" else one.role,
                tier=one.tier,
                region_id=company.regions[one.region],
                parent_party_id=company.parties[parent] if parent else 0,
                sales_person_id=company.people[SALES[one.region]],
                payment_days=30,
            )
            for one, line, parent in pairs
        ],
        actor=actor,
        now=now,
    )
    for (one, line, _), account in zip(pairs, made, strict=True):
        company.accounts[f"{one.key}.{line}"] = account
