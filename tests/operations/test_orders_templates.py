"""Templates of an account: kept, replaced, started from, bounded, and nobody else's."""

from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from qudao.kernel import errors, scope
from qudao.orders import kept, operations
from qudao.orders.operations import intake
from qudao.orders.rules import requests, templates
from qudao.shell import middleware
from tests import harness
from tests.api import world
from tests.browser import trading
from tests.operations.test_orders import as_person
from tests.page_budgets import BACKEND

D = Decimal
HOUSE = scope.system("desk")


def save(company, now, *lines, name="每周补货", account="kangze.CV", actor=HOUSE, **more):
    return operations.save_template(
        account_id=company.accounts[account],
        name=name,
        lines=[
            requests.LineRequest(no, company.items[code], D(quantity))
            for no, (code, quantity) in enumerate(lines, start=1)
        ],
        actor=actor,
        now=now,
        **more,
    )


def listed(company, actor=HOUSE, account="kangze.CV"):
    with scope.transaction(actor):
        return [one.name for one in kept.list_templates(company.accounts[account], actor=actor)]


def test_a_template_keeps_lines_and_the_same_name_replaces_them(company, now):
    first = save(company, now, ("BQ-2515", 20), ship_to_id=company.places["kangze"])
    again = save(company, now, ("DS-035", "12.5"), ("BQ-2515", 2), name=" 每周补货 ")
    assert (again.id, again.version) == (first.id, 2)
    with scope.transaction(HOUSE):
        [found] = kept.list_templates(company.accounts["kangze.CV"], actor=HOUSE)
    assert [(line.item_id, line.quantity) for line in found.lines] == [
        (company.items["DS-035"], D("12.5")),
        (company.items["BQ-2515"], D(2)),
    ]
    assert listed(company) == ["每周补货"]


@pytest.mark.parametrize(
    ("lines", "name", "code"),
    [
        ([], "空", "orders.no_lines"),
        ([("BQ-2515", 0)], "零", "orders.quantity_not_positive"),
        ([("CTNI-100", 1)], "别的产品线", "orders.item_unknown"),
        ([("BQ-2515", 1)], "  ", "orders.template_name"),
        ([("BQ-2515", 1)], "长" * 61, "orders.template_name"),
    ],
)
def test_what_makes_no_template_is_refused(company, now, lines, name, code):
    with pytest.raises(errors.Refused) as refusal:
        save(company, now, *lines, name=name)
    assert code in {reason.code for reason in refusal.value.reasons}
    assert listed(company) == []


def test_an_account_keeps_so_many_and_no_more(company, now, monkeypatch):
    monkeypatch.setattr(templates, "MOST_TEMPLATES", 2)
    for name in ("一", "二"):
        save(company, now, ("BQ-2515", 1), name=name)
    with pytest.raises(errors.Refused):
        save(company, now, ("BQ-2515", 1), name="三")
    save(company, now, ("DS-035", 1), name="二")
    assert sorted(listed(company)) == ["一", "二"]


def test_a_template_is_its_accounts_own(company, now):
    mine = save(company, now, ("BQ-2515", 1), actor=as_person(company, "kangze", now))
    sibling = as_person(company, "renji", now)
    assert listed(company, sibling) == []
    with pytest.raises(errors.NotFound):
        operations.remove_template(template_id=mine.id, version=1, actor=sibling, now=now)
    with pytest.raises(errors.NotFound):
        save(company, now, ("BQ-2515", 1), actor=sibling)
    operations.remove_template(
        template_id=mine.id, version=1, actor=as_person(company, "kangze", now), now=now
    )
    assert listed(company) == []


def rename(found, name, now, *, actor=HOUSE, version=None):
    version = found.version if version is None else version
    return operations.rename_template(template_id=found.id, version=version, name=name, actor=actor, now=now)


def test_a_template_gets_another_name_and_keeps_its_lines(company, now):
    mine = save(company, now, ("BQ-2515", 20))
    made = rename(mine, "  每月 补货 ", now)
    assert (made.id, made.name, made.version, made.lines) == (mine.id, "每月 补货", 2, mine.lines)
    assert rename(made, "每月 补货", now).version == 2
    with pytest.raises(errors.Conflict):
        rename(mine, "旧页面", now)
    assert listed(company) == ["每月 补货"]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        (" ", "orders.template_name"),
        ("长" * 61, "orders.template_name"),
        ("月度", "orders.template_name_taken"),
    ],
)
def test_a_name_that_is_none_or_taken_is_refused(company, now, name, code):
    mine = save(company, now, ("BQ-2515", 1))
    save(company, now, ("BQ-2515", 1), name="月度")
    with pytest.raises(errors.Refused, match=code):
        rename(mine, name, now)
    assert sorted(listed(company)) == ["月度", "每周补货"]


def test_an_agent_changes_no_template_of_its_dealer(company, now):
    mine = save(company, now, ("BQ-2515", 1))
    agent = as_person(company, "lianyou", now)
    with pytest.raises(errors.NotFound):
        rename(mine, "别人的", now, actor=agent)
    with pytest.raises(errors.NotFound):
        operations.remove_template(template_id=mine.id, version=1, actor=agent, now=now)
    assert listed(company) == ["每周补货"]


def test_an_agents_program_and_its_pages_show_no_template_of_its_dealer(company, now, monkeypatch):
    monkeypatch.setattr(middleware, "timezone", trading.Clock)
    monkeypatch.setattr(timezone, "now", lambda: harness.NOW)
    mine = save(company, now, ("BQ-2515", 1))
    answers = {}
    for who in ("kangze", "lianyou", "renji"):
        world.oauth_client(intake.PLACE, client_id=f"{who}-erp", party_id=company.parties[who])
        address = f"/api/v1/accounts/{company.accounts['kangze.CV']}/order-templates"
        answer = Client().get(address, headers=world.bearer(f"{who}-erp"))
        page = Client()
        page.force_login(trading.user(company, who), backend=BACKEND)
        answers[who] = (
            answer.status_code,
            [one["name"] for one in answer.json()] if answer.status_code == 200 else answer.json()["code"],
            page.get(f"/orders/templates/{mine.id}/").status_code,
            "每周补货" in page.get("/orders/templates/").content.decode(),
        )
    nothing = (404, "kernel.not_found", 404, False)
    assert answers == {"kangze": (200, ["每周补货"], 200, True), "lianyou": nothing, "renji": nothing}


def test_an_agent_saves_nothing_onto_its_dealers_account_by_program_or_page(company, now, monkeypatch):
    monkeypatch.setattr(middleware, "timezone", trading.Clock)
    monkeypatch.setattr(timezone, "now", lambda: harness.NOW)
    mine = save(company, now, ("BQ-2515", 20), actor=as_person(company, "kangze", now))
    account, item = company.accounts["kangze.CV"], company.items["BQ-2515"]
    for name in ("每周补货", "新的"):
        with pytest.raises(errors.NotFound):
            save(company, now, ("DS-035", 1), name=name, actor=as_person(company, "lianyou", now))
    world.oauth_client(intake.PLACE, client_id="agent-erp", party_id=company.parties["lianyou"])
    answer = Client().post(
        "/api/v1/order-templates",
        {"account_id": account, "name": "新的", "lines": [{"item_id": item, "quantity": "1"}]},
        content_type="application/json",
        headers={**world.bearer("agent-erp"), "Idempotency-Key": "agent-1"},
    )
    assert (answer.status_code, answer.json()["code"]) == (404, "kernel.not_found")
    page = Client()
    page.force_login(trading.user(company, "lianyou"), backend=BACKEND)
    typed = {
        "party": company.parties["kangze"],
        "account": account,
        "ship_to": company.places["kangze"],
        "item": item,
        "quantity": "1",
        "unit": "支",
        "di": "",
        "template_name": "新的",
        "save_template": "1",
    }
    for more in ({}, {"template": str(mine.id)}):
        assert page.post("/orders/new/quote/", typed | more).status_code == 404
    assert page.post("/orders/new/", typed).status_code == 404
    with scope.transaction(HOUSE):
        assert kept.list_templates(account, actor=HOUSE) == [mine]


def test_on_its_pages_a_template_is_renamed_removed_and_taken_to_the_desk(company, now, monkeypatch):
    monkeypatch.setattr(middleware, "timezone", trading.Clock)
    mine = save(company, now, ("BQ-2515", 20), ship_to_id=company.places["kangze"])
    dealer, sibling = Client(), Client()
    dealer.force_login(trading.user(company, "kangze"), backend=BACKEND)
    sibling.force_login(trading.user(company, "renji"), backend=BACKEND)
    here = f"/orders/templates/{mine.id}/"
    assert "每周补货" in dealer.get("/orders/templates/").content.decode()
    assert "每周补货" not in sibling.get("/orders/templates/").content.decode()
    for address in (here, f"{here}rename/", f"{here}remove/"):
        assert (dealer.get(address).status_code, sibling.get(address).status_code) == (200, 404)
    desk = dealer.get("/orders/new/", {"account": mine.account_id, "kept": mine.id}).content.decode()
    assert 'name="quantity" value="20"' in desk
    typed = {"name": "月度备货", "version": 1, "key": "once"}
    assert dealer.post(f"{here}rename/", typed).url == here
    assert dealer.post(f"{here}remove/", {"version": 1, "key": "twice"}).status_code == 409
    assert dealer.post(f"{here}remove/", {"version": 2, "key": "thrice"}).url == "/orders/templates/"
    assert listed(company) == []
