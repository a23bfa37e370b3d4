"""One basket over several product lines: an order a channel account, all of them or none."""

import datetime as dt
import html
import re
from decimal import Decimal
from urllib import parse

import pytest
from django.test import Client
from django.utils import timezone

from qudao.kernel import errors, scope
from qudao.orders import models, operations, queries
from qudao.orders.rules import requests
from qudao.organisation import models as organisation
from qudao.partners import operations as partners
from qudao.partners.rules import licences
from tests.operations.test_orders import as_person, reserved

D = Decimal
HOUSE = scope.system("desk")


@pytest.fixture
def company(company, now):
    """Kangze may sell reagents: what its permit lacks, a filing of its own names."""
    partners.record_licences(
        [
            partners.NewLicence(
                party_id=company.parties["kangze"],
                kind="distribution_filing",
                number="浙杭药监械经营备20240045号",
                valid_from=dt.date(2024, 1, 1),
                scope=(licences.ScopeEntry("2002", "6840", 2, "cold_chain"),),
                mode="wholesale",
            )
        ],
        actor=HOUSE,
        now=now,
    )
    return company


def place(company, now, *lines, actor=HOUSE, entity="qd", **more):
    return operations.place_basket(
        party_id=company.parties["kangze"],
        entity_id=company.entities[entity],
        template=requests.OrderRequest(
            account_id=0,
            ship_to_id=company.places["kangze"],
            channel="api",
            lines=tuple(
                requests.LineRequest(no, company.items[code], D(quantity))
                for no, (code, quantity) in enumerate(lines, start=1)
            ),
            **more,
        ),
        actor=actor,
        now=now,
    )


def others(view, actor=HOUSE):
    with scope.transaction(actor):
        return queries.others_of_basket(view, actor=actor)


def orders():
    with scope.everything():
        return models.Order.objects.count()


def test_each_account_gets_its_order_and_they_know_each_other(company, now):
    placed = place(company, now, ("BQ-2515", 2), ("CTNI-100", 5), ("DS-035", 10))
    assert [(one.account_id, [line.no for line in one.lines], one.gross) for one in placed] == [
        (company.accounts["kangze.CV"], [1, 3], D("4680.00")),
        (company.accounts["kangze.IVD"], [2], D("6200.00")),
    ]
    first, second = placed
    assert first.basket == second.basket is not None
    assert others(first) == [(second.id, second.number)]
    # The agent above its cardiology account sees that order alone.
    agent = as_person(company, "lianyou", now)
    assert others(first, agent) == []
    with scope.transaction(agent):
        assert queries.get_order(first.id, actor=agent).number == first.number


def test_a_basket_of_one_line_is_an_order_like_any_other(company, now):
    (only,) = place(company, now, ("BQ-2515", 2))
    assert (only.basket, others(only)) == (None, [])


def test_what_refuses_one_order_refuses_the_basket_and_every_reason_is_said(company, now):
    before = orders()
    with pytest.raises(errors.Refused) as refusal:
        place(company, now, ("BQ-2515", 999), ("DS-035", 10), ("CTNI-100", 9999))
    assert {(one.code, one.line) for one in refusal.value.reasons if one.refuses} >= {
        ("orders.short", 1),
        ("orders.short", 3),
    }
    assert orders() == before
    with scope.everything():
        assert [reserved(company, code) for code in ("BQ-2515", "DS-035", "CTNI-100")] == [0, 0, 0]


def test_a_line_without_an_account_there_is_named(company, now):
    before = orders()
    with pytest.raises(errors.Refused) as refusal:
        place(company, now, ("BQ-2515", 2), ("CTNI-100", 5), entity="gz")
    assert {(one.code, one.line) for one in refusal.value.reasons} == {
        ("orders.no_account", 1),
        ("orders.no_account", 2),
    }
    assert orders() == before


def test_the_desk_offers_the_account_of_the_other_line_with_what_stands_here(company, now, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: now)
    client = Client(SERVER_NAME="localhost")
    client.force_login(
        organisation.Person.objects.get(pk=company.people["zhoulan"]),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    items, cv, ivd = company.items, company.accounts["kangze.CV"], company.accounts["kangze.IVD"]
    asked = {
        "party": company.parties["kangze"],
        "account": cv,
        "ship_to": company.places["kangze"],
        "item": [items["BQ-2515"], items["CTNI-100"]],
        "quantity": ["2", "5"],
        "unit": ["", "盒"],
        "di": ["", ""],
    }
    shown = client.get("/orders/new/", asked).content.decode()
    assert "不属于本产品线" in shown
    (link,) = (html.unescape(one) for one in re.findall(r'href="(/orders/new/\?[^"]+item=[^"]+)"', shown))
    assert parse.parse_qs(parse.urlsplit(link).query) == {
        "party": [str(company.parties["kangze"])],
        "account": [str(ivd)],
        "ship_to": [str(company.places["kangze"])],
        "item": [str(items["CTNI-100"])],
        "quantity": ["5"],
        "unit": ["盒"],
    }
    there = client.get(link).content.decode()
    assert "不属于本产品线" not in there
    assert f'<option value="{ivd}" selected>' in there
    assert 'name="quantity" value="5"' in there
