"""Every page over HTTP: who may open it, and how many statements it takes."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from qudao.kernel import manifest, scope
from qudao.organisation import actors
from qudao.partners import models
from qudao.shell import navigation
from tests.browser import company as companies


@pytest.fixture
def company(db):
    return companies.found()


@pytest.fixture
def real_now():
    """The site reads the real clock, and the company's posts began by it."""
    return timezone.now()


def client_of(person):
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def rail(person, now):
    actor = actors.of_person(person, now=now)
    return [entry["url"] for section in navigation.build(actor, "/") for entry in section["entries"]]


def test_every_page_of_the_rail_opens(company, real_now):
    client = client_of(company.manager)
    addresses = rail(company.manager, real_now)
    entries = [entry for module in manifest.modules() for entry in module.navigation]
    assert len(addresses) == sum(not entry.outsiders for entry in entries)
    assert {address: client.get(address).status_code for address in addresses} == dict.fromkeys(
        addresses, 200
    )


def test_the_rail_offers_a_dealer_nothing_that_is_refused_to_it(company, real_now):
    client = client_of(company.dealer)
    addresses = rail(company.dealer, real_now)
    assert "/journal/" not in addresses
    assert {client.get(address).status_code for address in addresses} == {200}


def test_a_page_behind_a_permission_is_refused_without_it(company):
    client = client_of(company.outsider)
    for address in ("/journal/", "/journal/0/", "/journal/export/", "/people/", "/partners/", "/partners/1/"):
        assert client.get(address).status_code == 403, address


def test_a_stranger_is_asked_to_sign_in(company):
    client = Client()
    for address in ("/", "/todos/", "/search/", "/journal/", "/partners/", "/account/"):
        response = client.get(address)
        assert (response.status_code, response.url) == (302, f"/sign-in/?next={address}"), address


@pytest.mark.parametrize(
    ("address", "leads_to"),
    [
        ("/orders/{id}/do/", "/orders/{id}/"),
        ("/shipments/{id}/do/", "/shipments/{id}/"),
        ("/returns/{id}/do/", "/returns/"),
        ("/statements/{id}/do/", "/statements/{id}/"),
        ("/rebates/{id}/do/", "/rebates/{id}/"),
        ("/stock/lots/7/do/", "/stock/lots/7/"),
    ],
)
def test_an_address_that_only_acts_leads_back_to_its_page_when_it_is_looked_at(company, address, leads_to):
    """A reload, or a change of language, of a page that was shown with a refusal."""
    client, some = client_of(company.manager), {"id": "01a21f7b-7f37-7697-85c6-7307be5b6c4f"}
    answer = client.get(address.format(**some))
    assert (answer.status_code, answer.url) == (302, leads_to.format(**some))


def statements(client, address):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_the_list_takes_as_many_statements_for_many_partners_as_for_few(company):
    client = client_of(company.manager)
    few = statements(client, "/partners/")
    with scope.everything():
        models.Party.objects.bulk_create(
            [
                models.Party(node_id=900 + n, file_node_id=900 + n, code=f"X{n:05}", name=f"伙伴{n}")
                for n in range(40)
            ]
        )
    assert statements(client, "/partners/") == few


def test_the_page_of_a_sibling_and_of_nobody_are_not_told_apart(company):
    client = client_of(company.dealer)
    sibling = client.get(f"/partners/{company.renji.pk}/")
    nobody = client.get("/partners/999999/")
    assert (sibling.status_code, nobody.status_code) == (404, 404)
    assert words(sibling) == words(nobody)


def words(response):
    body = response.content.decode()
    return body[body.index("<main") : body.index("</main>")]


def test_a_refusal_inside_a_part_of_a_page_is_a_part_and_not_a_page(company):
    client = client_of(company.dealer)
    response = client.get("/partners/999999/", headers={"HX-Request": "true"})
    body = response.content.decode()
    assert "<html" not in body
    assert "找不到" in body


def test_a_broken_page_says_so_without_its_trace(company, monkeypatch):
    monkeypatch.setattr("qudao.organisation.queries_people.list_people", lambda **_: 1 / 0)
    client = client_of(company.manager)
    client.raise_request_exception = False
    response = client.get("/people/")
    assert response.status_code == 500
    assert "系统出错" in response.content.decode()
    assert "ZeroDivisionError" not in response.content.decode()
