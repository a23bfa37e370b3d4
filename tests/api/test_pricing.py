"""Contracts and their prices over the API: one's own, page by page."""

import pytest
from django.contrib import auth
from django.test import Client

KANGZE = "HT-2026-0183"


@pytest.fixture
def ask(company):
    def answer(username, address, **query):
        client = Client()
        person = auth.get_user_model().objects.get(pk=company.people[username])
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client.get(f"/api/v1{address}", query)

    return answer


def test_contracts_are_ones_own_page_by_page(ask):
    first = ask("kangze", "/contracts", limit=1).json()
    assert [row["number"] for row in first["items"]] == [KANGZE]
    second = ask("kangze", "/contracts", limit=1, cursor=first["next_cursor"]).json()
    assert [row["number"] for row in second["items"]] == ["HT-2026-0184"]
    assert second["next_cursor"] is None
    assert [row["number"] for row in ask("renji", "/contracts").json()["items"]] == ["HT-2026-0185"]


def test_a_contract_with_its_versions_and_their_prices(ask):
    contract = ask("kangze", "/contracts").json()["items"][0]
    detail = ask("kangze", f"/contracts/{contract['id']}").json()
    assert [(one["number"], one["status"], one["price_count"]) for one in detail["versions"]] == [
        (1, "effective", 2)
    ]
    page = ask("kangze", f"/contracts/{contract['id']}/prices", limit=1).json()
    rest = ask("kangze", f"/contracts/{contract['id']}/prices", cursor=page["next_cursor"]).json()
    assert [row["price"] for row in page["items"] + rest["items"]] == ["1860.0000", "96.0000"]
    assert ask("kangze", f"/contracts/{contract['id']}/prices", version=9).status_code == 404
    assert ask("renji", f"/contracts/{contract['id']}").status_code == 404
    assert ask("renji", f"/contracts/{contract['id']}/prices").status_code == 404
