"""Partners over the API: admitted step by step, frozen, licensed, given accounts and authorisations; their files."""

import pytest
from django.utils import timezone

from tests import harness
from tests.api import world

NEEDS = ("partners",)
WHY = {"reason": "年度复核"}


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: harness.NOW)


@pytest.fixture
def crm(company):
    return world.house("crm")


def licence(**more):
    return {
        "kind": "distribution_permit",
        "number": "浙杭药监械经营许20260001号",
        "valid_from": "2026-01-01",
        "last_day": "2030-12-31",
        "mode": "wholesale",
        "scope": [{"catalogue": "2017", "category_code": "03", "device_class": 3}],
    } | more


def test_a_partner_is_admitted_by_those_whose_turn_it_is(company, crm):
    new = {"name": "宁波新程医疗器械有限公司", "role": "dealer", "uscc": "91330200MA2AXXXX1"}
    assert crm.refused("/partners", new) == {"partners.uscc_invalid"}
    count = len(crm.items("/partners"))
    made = crm.once("/partners", new | {"uscc": ""}, status=201)
    assert (made["admission"], made["roles"], len(crm.items("/partners"))) == (
        "requested",
        ["dealer"],
        count + 1,
    )
    path = f"/partners/{made['id']}/admission"
    early = crm.refused(path, {"step": "review"}, version=made["version"])
    assert early == {"partners.admission_without_licence"}
    held = crm.once(f"/partners/{made['id']}/licences", licence(), status=201)
    assert (held["last_day"], held["state"]) == ("2030-12-31", "valid")
    for step, state in (("review", "reviewed"), ("approve", "approved"), ("activate", "effective")):
        version = crm.get(f"/partners/{made['id']}").json()["version"]
        assert crm.once(path, {"step": step}, version=version)["admission"] == state
    world.oauth_client("partners.party.view", client_id="reader", whole=True)
    reader = world.Caller("reader")
    assert reader.post(path, {"step": "lock", "reason": "过期"}, version=9).status_code == 403


def test_particulars_of_a_partner_and_its_place_are_changed(company, crm):
    path = f"/partners/{company.parties['renji']}"
    seen = crm.get(path).json()
    wanted = {name: seen[name] for name in ("name", "short_name", "territory", "address")} | {
        "phone": "0574-1"
    }
    changed = crm.once(f"{path}/particulars", wanted, version=seen["version"])
    assert (changed["phone"], changed["version"]) == ("0574-1", seen["version"] + 1)
    [place] = changed["places"]
    moved = {name: place[name] for name in ("name", "territory", "contact", "phone")} | {
        "address": "中山西路 12 号"
    }
    assert crm.once(f"/places/{place['id']}/particulars", moved)["address"] == "中山西路 12 号"


def test_a_partner_is_frozen_and_released_as_it_was_seen(company, crm):
    path = f"/partners/{company.parties['renji']}"
    seen = crm.get(path).json()
    assert crm.post(f"{path}/freeze", WHY).status_code == 428
    assert crm.refused(f"{path}/freeze", WHY, status=412, version=99) == {"kernel.changed_meanwhile"}
    assert crm.post(f"{path}/freeze", {"reason": " "}, version=seen["version"]).status_code == 422
    assert crm.get(path).json()["frozen_at"] is None
    frozen = crm.once(f"{path}/freeze", WHY, version=seen["version"])
    assert frozen["frozen_at"] is not None
    assert crm.once(f"{path}/release", WHY, version=frozen["version"])["frozen_at"] is None


def test_a_licence_is_recorded_suspended_reinstated_and_revoked(company, crm):
    path = f"/partners/{company.parties['renji']}/licences"
    count = len(crm.get(f"/partners/{company.parties['renji']}").json()["licences"])
    wrong = crm.refused(path, licence(last_day="2025-01-01"))
    assert wrong == {"partners.licence_period"}
    assert len(crm.get(f"/partners/{company.parties['renji']}").json()["licences"]) == count
    made = crm.once(path, licence(), status=201)
    act = f"/licences/{made['id']}"
    stopped = crm.once(f"{act}/suspend", WHY, version=made["version"])
    assert (stopped["state"], stopped["suspended"]) == ("suspended", True)
    assert crm.refused(f"{act}/revoke", WHY, status=412, version=made["version"]) == {
        "kernel.changed_meanwhile"
    }
    back = crm.once(f"{act}/reinstate", WHY, version=stopped["version"])
    gone = crm.once(f"{act}/revoke", WHY, version=back["version"])
    assert (gone["state"], gone["revoked_on"]) == ("revoked", "2026-11-23")
    assert crm.refused(f"{act}/revoke", WHY, version=gone["version"]) == {"partners.licence_already_revoked"}


def test_an_account_is_opened_moved_to_another_tier_and_closed(company, crm):
    party = company.parties["renji"]
    wanted = {
        "entity_id": company.entities["qd"],
        "line_id": company.lines["IVD"],
        "role": "dealer",
        "tier": "C",
        "region_id": company.regions["east"],
    }
    assert crm.post(f"/partners/{party}/accounts", wanted | {"tier": "Z"}).status_code == 422
    made = crm.once(f"/partners/{party}/accounts", wanted, status=201)
    assert crm.refused(f"/partners/{party}/accounts", wanted) == {"partners.account_exists"}
    path = f"/accounts/{made['id']}"
    assert crm.once(f"{path}/tier", WHY | {"tier": "B"})["tier"] == "B"
    assert crm.once(f"{path}/close", WHY)["status"] == "closed"
    above = crm.refused(f"/accounts/{company.accounts['lianyou.CV']}/close", WHY)
    assert above == {"partners.account_has_children"}
    kangze = world.partners_program(company, "kangze")
    assert kangze.refused(f"{path}/tier", WHY | {"tier": "A"}, status=404) == {"kernel.not_found"}


def test_a_delivery_place_is_added(company, crm):
    party = company.parties["renji"]
    place = {"kind": "warehouse", "name": "二号库", "territory": 330100, "address": "杭州市滨江区 1 号"}
    assert crm.refused(f"/partners/{party}/places", place | {"kind": "boat"}) == {"partners.kind_unknown"}
    made = crm.once(f"/partners/{party}/places", place, status=201)
    assert made["id"] in {one["id"] for one in crm.get(f"/partners/{party}").json()["places"]}


def test_an_authorisation_is_granted_and_revoked_and_an_agent_grants_from_its_own(company, crm):
    party = company.parties["renji"]
    wanted = {
        "entity_id": company.entities["qd"],
        "valid_from": "2026-11-23",
        "last_day": "2027-11-22",
        "line_id": company.lines["IVD"],
        "territory": 330000,
    }
    wrong = crm.refused(f"/partners/{party}/authorisations", wanted | {"last_day": "2026-01-01"})
    assert wrong == {"partners.authorisation_period"}
    made = crm.once(f"/partners/{party}/authorisations", wanted, status=201)
    assert (made["valid_until"], made["territory_from"]) == ("2027-11-23", 330000)
    agent = world.partners_program(company, "lianyou")
    without = agent.refused(f"/partners/{party}/authorisations", wanted)
    assert without == {"partners.parent_required"}
    path = f"/authorisations/{made['id']}/revoke"
    assert crm.once(path, WHY)["revoked_on"] == "2026-11-23"
    assert crm.refused(path, WHY) == {"partners.authorisation_already_revoked"}


def test_a_partners_program_lists_whom_its_people_see(company, crm):
    def listed(caller):
        return {one["id"] for one in caller.items("/partners")}

    assert {company.parties["renji"], company.parties["zheer"]} < listed(crm)
    assert listed(world.partners_program(company, "renji")) == {company.parties["renji"]}
