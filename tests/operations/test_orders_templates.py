"""Templates of an account: kept, replaced, started from, bounded, and nobody else's."""

from decimal import Decimal

import pytest

from qudao.kernel import errors, scope
from qudao.orders import kept, operations
from qudao.orders.rules import requests, templates
from tests.operations.test_orders import as_person

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
