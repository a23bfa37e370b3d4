"""Whoever opens a page sees in the rail where it belongs, and the way back called as the rail calls it."""

import re

import pytest
from django.contrib import auth
from django.test import Client

from qudao.shell import middleware
from qudao.shell.demo import sights
from tests.browser import trading
from tests.page_budgets import BACKEND

# Reached from the top of the page or the person's menu: they belong to no module.
OF_NO_MODULE = {
    "qudao.shell.search.search",
    "qudao.ui.views.components",
    "qudao.ui.views.notices",
    "qudao.ui.views.search",
}
RAIL = re.compile(r'<nav class="rail".*?</nav>', re.DOTALL)
ENTRY = re.compile(r'<a href="([^"]+)"( aria-current="page")?><i [^>]*></i>([^<]+)')
CRUMBS = re.compile(r'<ol class="q-crumbs"><li><a href="([^"]+)">([^<]+)</a>')


@pytest.fixture(scope="module")
def pages(demo):
    """Every whole page of the demo company as each of its people sees it."""
    clients: dict[str, Client] = {}
    found = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(middleware, "timezone", trading.Clock)
        for sight in sights.found():
            if sight.username not in clients:
                person = auth.get_user_model().objects.get(username=sight.username)
                clients[sight.username] = Client()
                clients[sight.username].force_login(person, backend=BACKEND)
            answer = clients[sight.username].get(sight.address)
            if answer.status_code != 200 or "text/html" not in answer.headers["Content-Type"]:
                continue
            text = answer.content.decode()
            if rail := RAIL.search(text):
                found.append((sight, ENTRY.findall(rail.group()), text))
    return found


def test_a_page_of_a_module_lights_one_entry_of_the_rail(pages):
    lit = {sight.name: [title for _, here, title in entries if here] for sight, entries, _ in pages}
    wanted = {sight.name: 0 if sight.view in OF_NO_MODULE else 1 for sight, _, _ in pages}
    assert {name: titles for name, titles in lit.items() if len(titles) != wanted[name]} == {}
    assert lit["shipment.kangze"] == ["到货"]
    assert lit["shipment.lijun"] == ["发货单"]


def test_the_way_back_is_called_as_the_rail_calls_it(pages):
    differing = {}
    for sight, entries, text in pages:
        called = {address: title for address, _, title in entries}
        crumb = CRUMBS.search(text)
        if crumb and called.get(crumb[1], crumb[2]) != crumb[2]:
            differing[sight.name] = (crumb[2], called[crumb[1]])
    assert differing == {}
    crumbs = {sight.name: CRUMBS.search(text) for sight, _, text in pages}
    assert crumbs["shipment.kangze"].groups() == ("/my/deliveries/", "到货")
    assert crumbs["shipment.lijun"].groups() == ("/shipments/", "发货单")
