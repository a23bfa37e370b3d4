"""Sight 13. A dealer, an agent, a hospital, a service point: own data only, everywhere, export and search included.

Every page, list, export, search and operation one by one: tests/permissions.
"""

import io
import re

import pytest
import python_calamine

from qudao.shell.demo import trade
from tests.browser.sights import asking

# who → the partner; a hospital that buys from us directly is chosen of the demo.
WHO = ("dealer", "agent", "hospital", "service_point")


def cast(demo, who) -> tuple[str, str]:
    """(user name, key of the partner)"""
    if who == "agent":
        return "lianyou", "lianyou"
    if who == "service_point":
        return "fuwudian", "n01"
    key = demo.stories.rebate_partner
    if who == "hospital":
        key = next(key for key, one in demo.partners.items() if one.is_hospital and one.lines and one.code)
    return trade.username_of(demo.partners[key]), key


def below(demo, key) -> set[str]:
    """The partner and those under it, for some line."""
    return {key} | {other for other, one in demo.partners.items() if key in one.lines.values()}


@pytest.mark.parametrize("who", WHO)
def test_everything_a_partner_can_open_export_or_search_is_its_own(demo, demo_page_of, who):
    username, key = cast(demo, who)
    mine = below(demo, key)
    above = set(demo.partners[key].lines.values()) - {""}
    # Hospitals are places goods are sold to, and suppliers makers: their names are no secret to a dealer.
    secret = {
        one.name
        for other, one in demo.partners.items()
        if other not in mine | above and one.role in ("dealer", "agent", "service_point", "store")
    }
    if who == "hospital":
        secret |= {one.name for other, one in demo.partners.items() if one.is_hospital and other != key}
    accounts = {
        demo.company.accounts[f"{other}.{line}"]
        for other, one in demo.partners.items()
        for line, parent in one.lines.items()
        if key in (other, parent)
    }
    numbers = {
        number: account in accounts
        for number, account in asking.rows("SELECT number, account_id FROM orders_order")
    }
    own = {number for number, is_own in numbers.items() if is_own}
    foreign = set(numbers) - own
    assert foreign

    def clean(text, where):
        assert not [word for word in secret | foreign if word in text], where

    page = demo_page_of(username, expects=404)
    page.goto("/")
    addresses = [link.get_attribute("href") for link in page.locator("nav.rail a").all()]
    assert {"/orders/", "/my/"} <= set(addresses)
    exported = 0
    for address in addresses:
        page.goto(address)
        clean(page.locator("main").inner_text(), address)
        for link in page.get_by_role("link", name=re.compile("导出 Excel")).all():
            answer = page.request.get(link.evaluate("one => one.href"))
            clean(text_of(answer.body()), f"the Excel of {address}")
            exported += 1
    assert exported
    # All of one's orders are in the Excel of orders, and no other.
    book = text_of(page.request.get("/orders/?format=xlsx").body())
    assert {number for number in numbers if number in book} == own

    foreign_order = sorted(foreign)[-1]
    foreign_id = asking.one("SELECT id FROM orders_order WHERE number = %s", foreign_order)
    assert page.goto(f"/orders/{foreign_id}/").status == 404
    for words in (foreign_order, *sorted(secret)[:2]):
        page.goto(f"/search/?q={words}")
        assert page.locator("main a", has_text=words).count() == 0, words
    if own:
        number = sorted(own)[-1]
        page.goto(f"/search/?q={number}")
        assert number in page.get_by_role("heading", level=1).inner_text() + page.locator("main").inner_text()


def text_of(workbook: bytes) -> str:
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(workbook))
    return "\n".join(
        str(cell)
        for name in book.sheet_names
        for row in book.get_sheet_by_name(name).to_python()
        for cell in row
    )
