"""The scope switcher takes away and never adds: in lists, search, files, and the actor itself."""

import itertools

import pytest
from django.test import Client

from qudao.kernel import errors, scope
from qudao.kernel import models as kernel
from qudao.organisation import actors, operations
from qudao.organisation import models as organisation
from tests import harness
from tests.browser import trading


def nodes(**facets):
    with scope.everything():
        return set(kernel.Node.objects.filter(kind="account", **facets).values_list("pk", flat=True))


def actor(company, username):
    return actors.of_person(organisation.Person.objects.get(pk=company.people[username]), now=harness.NOW)


def facet_values():
    with scope.everything():
        rows = kernel.Node.objects.filter(kind="account").values_list("entity_id", "region_id", "line_id")
        entities, regions, lines = (sorted({row[n] for row in rows}) for n in range(3))
    return itertools.product([0, *entities, 99], [0, *regions, 99], [0, *lines, 99])


@pytest.mark.parametrize("username", ["zhoulan", "wangmin", "kangze", "lianyou", "hospital", "auditor"])
def test_narrowing_leaves_a_subset_and_the_permissions(company, username):
    whole = actor(company, username)
    for entity, region, line in facet_values():
        part = actors.narrowed(whole, entity_id=entity, region_id=region, line_id=line)
        assert not part.everyone
        assert whole.everyone or set(part.visible) <= set(whole.visible)
        assert whole.everyone or set(part.reach) <= set(whole.reach)
        assert (part.permissions, part.house, part.ref) == (whole.permissions, whole.house, whole.ref)
        facets = {"entity_id": entity, "region_id": region, "line_id": line}
        wanted = nodes(**{name: value for name, value in facets.items() if value})
        assert set(part.visible) & nodes() == wanted & (nodes() if whole.everyone else set(whole.visible))


def test_work_that_a_person_left_goes_on_as_that_person(company):
    assert actors.of_reference(f"person:{company.people['zhoulan']}", now=harness.NOW) == actor(
        company, "zhoulan"
    )
    for nobody in ("person:999999", "job:night", "client:1", "person:x", ""):
        with pytest.raises(errors.NotFound):
            actors.of_reference(nobody, now=harness.NOW)


@pytest.fixture
def client(company):
    client = Client()
    client.force_login(
        organisation.Person.objects.get(pk=company.people["zhoulan"]),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    return client


@pytest.fixture
def elsewhere(company):
    """An order, and a region in which there is none."""
    order = trading.order(company)
    region = operations.open_region(
        code="NW", name="西北", provinces=[610000], actor=scope.system("setup"), now=harness.NOW
    )
    with scope.everything():
        made = kernel.Node.objects.create(kind="account", party_id=999, region_id=region.id)
        kernel.NodeAncestor.objects.create(ancestor=made, descendant=made, depth=0)
    return order, region.id


def text(client, address):
    answer = client.get(address, follow=True)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return body.decode("utf-8", "replace"), len(body)


def test_a_narrowed_person_sees_fewer_rows_in_list_search_and_file(client, elsewhere):
    order, region = elsewhere
    assert order.number in text(client, "/orders/")[0]
    whole_file = text(client, "/orders/?format=xlsx")[1]
    assert f'value="region:{region}"' in text(client, "/scope/")[0]
    answer = client.post("/scope/", {"scope": f"region:{region}", "back": "/orders/"})
    assert answer.headers["Location"] == "/orders/"
    page = text(client, "/orders/")[0]
    assert order.number not in page and "西北" in page
    assert client.get(f"/orders/{order.id}/").status_code == 404
    assert f"/orders/{order.id}/" not in text(client, f"/search/?q={order.number}")[0]
    assert text(client, "/orders/?format=xlsx")[1] < whole_file
    client.post("/scope/", {"scope": "all", "back": "/orders/"})
    assert order.number in text(client, "/orders/")[0]


@pytest.mark.parametrize("wanted", ["region:424242", "region:-1", "party:1", "region:", "entity:x", ""])
def test_what_is_not_offered_is_not_chosen(client, elsewhere, wanted):
    order, _region = elsewhere
    client.post("/scope/", {"scope": wanted, "back": "https://evil.example/"})
    assert order.number in text(client, "/orders/")[0]


def test_a_session_that_holds_nonsense_narrows_nothing(client, elsewhere):
    order, _region = elsewhere
    session = client.session
    session["narrowed_to"] = {"entity": "1 OR true", "region": None}
    session.save()
    assert order.number in text(client, "/orders/")[0]
