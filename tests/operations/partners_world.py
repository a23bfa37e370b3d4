"""A small channel for tests: an agent with two dealers below it for one line, one of them direct for another."""

import contextlib
import dataclasses
import datetime as dt

from django.db import connection
from django.test import utils
from stdnum.cn import uscc as stdnum_uscc

from qudao.catalog import operations as catalog
from qudao.catalog import rules as catalog_rules
from qudao.kernel import scope
from qudao.organisation import actors
from qudao.organisation import models as organisation_models
from qudao.organisation import operations as organisation
from qudao.partners import operations
from qudao.partners.rules import licences
from tests import harness

NOW = harness.NOW
TODAY = dt.date(2026, 11, 23)
HOUSE = scope.system("test")
UNTIL = dt.date(2028, 1, 1)


def uscc(number: int) -> str:
    """A code that passes the check."""
    text = f"91330108MA{number:07d}"
    return text + stdnum_uscc.calc_check_digit(text)


def scope_of(*codes, device_class=3, catalogue="2017", qualifier=""):
    return tuple(licences.ScopeEntry(catalogue, code, device_class, qualifier) for code in codes)


def item(code, line_id, **values):
    details = {
        "name": code,
        "specification": "标准型",
        "manufacturer": "厂家",
        "device_class": 3,
        "category_2017": "13",
        "base_unit": "件",
        **values,
    }
    new = catalog_rules.NewItem(code=code, line_id=line_id, **details)
    return catalog.register_item(item=new, actor=HOUSE, now=NOW).id


@dataclasses.dataclass
class World:
    entity: int
    region: int
    ortho: int
    reagents: int
    screw: int
    reagent: int
    hospital: int
    agent: int
    kangze: int
    renji: int
    accounts: dict


def dealer(name, short_name, number, *, territory, roles=("dealer",)):
    return operations.NewParty(
        name=name, short_name=short_name, uscc=uscc(number), territory=territory, roles=roles
    )


def build() -> World:
    """联佑 (agent, 上海) above 康泽 (杭州) and 仁济 (宁波) for orthopaedics; 康泽 direct for reagents."""
    entity = organisation.open_entity(
        code="HD", name="华东医械有限公司", short_name="华东", uscc=uscc(1), actor=HOUSE, now=NOW
    ).id
    region = organisation.open_region(
        code="E", name="华东区", provinces=[310000, 330000], actor=HOUSE, now=NOW
    ).id
    ortho = catalog.open_line(code="ORT", name="骨科", actor=HOUSE, now=NOW).id
    reagents = catalog.open_line(code="IVD", name="检验", actor=HOUSE, now=NOW).id
    new = operations.NewParty
    hospital, agent, kangze, renji = operations.open_parties(
        [
            new(name="浙江大学医学院附属第一医院", kind="hospital", territory=330100, grade="三甲"),
            dealer("上海联佑医疗科技有限公司", "联佑", 2, territory=310000, roles=["agent"]),
            dealer("杭州康泽医疗器械有限公司", "康泽", 3, territory=330100),
            dealer("宁波海曙仁济医疗设备有限公司", "仁济", 4, territory=330200),
        ],
        actor=HOUSE,
        now=NOW,
    )

    def account(party, line, role="dealer", above=0):
        return operations.NewAccount(
            entity_id=entity,
            party_id=party,
            line_id=line,
            role=role,
            tier="B",
            region_id=region,
            parent_party_id=above,
        )

    opened = {
        "agent": account(agent, ortho, "agent"),
        "kangze": account(kangze, ortho, above=agent),
        "renji": account(renji, ortho, above=agent),
        "direct": account(kangze, reagents),
    }
    ids = operations.open_accounts(list(opened.values()), actor=HOUSE, now=NOW)
    return World(
        entity=entity,
        region=region,
        ortho=ortho,
        reagents=reagents,
        screw=item("S1", ortho),
        reagent=item("R1", reagents, category_2017="6840", category_2002="6840", cold_chain=True),
        hospital=hospital,
        agent=agent,
        kangze=kangze,
        renji=renji,
        accounts=dict(zip(opened, ids, strict=True)),
    )


def person(name, *, party_id=0, permissions=(), **facets) -> scope.Actor:
    """Somebody with one post, as the actor of their next request."""
    ref = open_person(name, party_id=party_id)
    organisation.define_role(
        code=name, name=name, name_en=name, permissions=permissions, actor=HOUSE, now=NOW
    )
    organisation.grant_post(role=name, person_id=ref, party_id=party_id, **facets, actor=HOUSE, now=NOW)
    return actor_of(ref)


def open_person(name, *, party_id=0) -> int:
    return organisation.open_person(
        username=name, name=name, password="a-Long-enough-word-7", party_id=party_id, actor=HOUSE, now=NOW
    )


def actor_of(person_id: int) -> scope.Actor:
    return actors.of_person(organisation_models.Person.objects.get(pk=person_id), now=NOW)


@contextlib.contextmanager
def counting():
    """The statements run inside, as a list that fills."""
    with utils.CaptureQueriesContext(connection) as captured:
        yield captured


def codes(refusal) -> list[str]:
    return [reason.code for reason in refusal.value.reasons]
