"""Who works in the demo company, for us and for its partners, and when they were here last."""

import contextlib
import datetime as dt
import random
from collections.abc import Iterable, Iterator, Mapping

from django.contrib import auth
from django.contrib.auth import hashers

from qudao.kernel import scope
from qudao.organisation import operations as organisation
from qudao.shell.company import house
from qudao.shell.demo import cast, days, trade
from qudao.shell.demo.state import Demo

# Beside the small company's: user name, name, role, region or "" for the whole business.
OURS = (
    ("songjia", "宋佳", "order_desk", ""),
    ("hejian", "何健", "warehouse_keeper", ""),
    ("tangbo", "唐博", "warehouse_keeper", ""),
    ("yexin", "叶欣", "reviewer", ""),
    ("liuyang", "刘洋", "regional_sales", "south"),
    ("gaojie", "高洁", "regional_sales", "north"),
    ("shenyi", "沈毅", "regional_sales", "east"),
    ("panlei", "潘磊", "regional_sales", "central"),
    ("duyue", "杜月", "regional_sales", "southwest"),
)
# Named accounts of partners: user name, role, partner.
GUESTS = (("fuwudian", "service_point", "n01"), ("mendian", "dealer_staff", "m01"))
# Let in some days ago, and not seen since: user name, name, role, partner; "" for our own.
NEWCOMERS = (
    ("luping", "陆萍", "order_desk", ""),
    ("kangze2", "康泽 邵敏", "dealer", "kangze"),
    ("yiyuan2", "浙二 许老师", "hospital", "zheer"),
    ("lianyou2", "联佑 赖华", "agent", "lianyou"),
)
_ROLES = {
    "agent": "agent",
    "dealer": "dealer",
    "service_point": "dealer",
    "store": "dealer",
    "hospital": "hospital",
}


def ours(demo: Demo, *, now: dt.datetime, actor: scope.Actor) -> None:
    """Our own people beside those of the small company."""
    for username, name, role, region in OURS:
        _person(demo, username, name, role, "", region=region, now=now, actor=actor)


def guests(demo: Demo, *, now: dt.datetime, actor: scope.Actor) -> None:
    """One person for every partner that orders, by its code, and the named ones."""
    for one in demo.partners.values():
        if one.lines and one.code:
            _person(demo, one.code.lower(), one.contact, _ROLES[one.role], one.key, now=now, actor=actor)
    for username, role, key in GUESTS:
        one = demo.partners[key]
        _person(demo, username, f"{one.short} {one.contact}", role, key, now=now, actor=actor)


def newcomers(demo: Demo, *, now: dt.datetime, actor: scope.Actor) -> None:
    """People whose accounts were opened some days ago and who never signed in."""
    for back, (username, name, role, party) in enumerate(NEWCOMERS, 2):
        opened = cast.instant(demo.today - dt.timedelta(days=back), 16, 5 * back)
        _person(demo, username, name, role, party, now=min(opened, now), actor=actor)


def sign_ins(demo: Demo, deals: Iterable[trade.Deal]) -> None:
    """When everybody was here last, as the sign-in page keeps it: our own people this morning or on the last working
    day, partners' people when they last ordered or signed for something; newcomers and idle partners never."""
    last: dict[str, dt.datetime] = {}
    for deal in deals:
        done = deal.arrives or (deal.at + dt.timedelta(days=2) if deal.until == "signed" else deal.at)
        if deal.until == "signed" or deal.by:
            last[deal.partner] = max(done, last.get(deal.partner, done))
    seen = dict(_seen(demo, last))
    found = list(auth.get_user_model().objects.filter(pk__in=seen))
    for person in found:
        person.last_login = min(seen[person.pk], demo.now - dt.timedelta(minutes=3))
    auth.get_user_model().objects.bulk_update(found, ["last_login"], batch_size=100)


def _seen(demo: Demo, last: Mapping[str, dt.datetime]) -> Iterator[tuple[int, dt.datetime]]:
    """(person, moment)"""
    company = demo.company
    of_partners = {trade.username_of(one): one.key for one in demo.partners.values() if one.lines}
    for username, key in [*of_partners.items(), *((username, key) for username, _, key in GUESTS)]:
        if key in last:
            yield company.people[username], last[key]
    day = demo.today if demo.now > cast.instant(demo.today, 9) else demo.today - dt.timedelta(days=1)
    day = days.on_or_before(day)
    staff = [username for username, _, _, party, *_ in house.PEOPLE if not party]
    for username in [*staff, *(username for username, *_ in OURS)]:
        chance = random.Random(f"{demo.seed} seen {username}")
        away = dt.timedelta(days=7 * (chance.random() < 0.1))
        yield company.people[username], cast.instant(day, 8, chance.randint(5, 55)) - away


def _person(demo, username, name, role, party, *, region="", now, actor) -> None:
    company = demo.company
    party_id = company.parties[party] if party else 0
    person = organisation.open_person(
        username=username, name=name, password=house.PASSWORD, party_id=party_id, actor=actor, now=now
    )
    organisation.grant_post(
        role=role,
        person_id=person,
        party_id=party_id,
        region_id=company.regions[region] if region else 0,
        whole=not party and not region,
        actor=actor,
        now=now,
    )
    company.people[username] = person


@contextlib.contextmanager
def quick_passwords() -> Iterator[None]:
    """The demo's one password is public: its two hundred accounts need no expensive hashes."""
    hasher = hashers.ScryptPasswordHasher
    usual = hasher.work_factor
    hasher.work_factor = 2**4
    try:
        yield
    finally:
        hasher.work_factor = usual
