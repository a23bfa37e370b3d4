"""Sight 13: a dealer, an agent, a hospital click through all they have and meet nothing of anybody else.

Every page, list, export, search and operation one by one: tests/permissions.
"""

import pytest
from playwright.sync_api import expect

from tests.browser import trading

# who → (whose documents are theirs, names that must never meet their eye)
WHO = {
    "kangze": ({"kangze"}, {"仁济", "澄溪"}),
    "lianyou": ({"kangze", "renji"}, {"澄溪"}),
    "hospital": ({"zheer"}, {"康泽", "仁济", "联佑", "澄溪"}),
}
# A registration certificate names its maker; that is public, and nowhere else is the supplier named.
PUBLIC = {"/certificates/": {"澄溪"}}


@pytest.fixture
def orders(company):
    return {
        "kangze": trading.order(company, ("DS-035", "4")),
        "renji": trading.order(company, ("DS-035", "5"), account="renji.CV", place="renji"),
        "zheer": trading.order(company, ("CTNI-100", "3"), account="zheer.IVD", place="zheer.jiefang"),
    }


@pytest.mark.parametrize("who", WHO)
def test_clicking_through_everything_shows_ones_own_alone(page_of, company, orders, who):
    own, hidden = WHO[who]
    foreign = {order.number for owner, order in orders.items() if owner not in own}
    page = page_of(who, expects=404)
    page.goto("/")
    rail = page.locator("nav.rail a")
    addresses = [link.get_attribute("href") for link in rail.all()]
    assert {"/my/", "/my/catalogue/", "/my/deliveries/", "/orders/"} <= set(addresses)
    for address in addresses:
        page.goto(address)
        text = page.locator("main").inner_text()
        secret = (hidden | foreign) - PUBLIC.get(address, set())
        assert not [word for word in secret if word in text], address
    page.goto("/orders/")
    for owner in own:
        expect(page.locator("tbody")).to_contain_text(orders[owner].number)
    for owner, order in orders.items():
        status = page.goto(f"/orders/{order.id}/").status
        assert status == (200 if owner in own else 404)
        assert page.goto(f"/search/?q={order.number}").status == 200
        found = order.number in page.locator("main").inner_text() and owner in own
        assert found or owner not in own
