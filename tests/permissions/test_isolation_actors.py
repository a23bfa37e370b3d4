"""R18 to R20: what one actor asks never crosses into another's, a revoked post is refused at once, and cost
and others' terms leave no page."""

import json
import random
import re
from concurrent import futures

import psycopg
import pytest
from django.db import connection, connections
from django.test import Client
from django.utils import timezone

from qudao.kernel import errors, manifest, scope
from qudao.kernel import models as kernel
from qudao.organisation import actors, operations
from qudao.organisation import models as organisation
from qudao.partners import models as partners
from tests import harness
from tests.api import world
from tests.permissions import matrix, probing
from tests.permissions import trade as trades

NEEDS = ("compliance", "flow", "settlement", "supply", "field", "insights", "portal")
DEALERS = 50
SEED = 20261123


# -- R18 ---------------------------------------------------------------------------------------------


@pytest.fixture
def dealers(db):
    """Fifty dealers, each with its file node, its party and a person."""
    found = {}
    with scope.everything():
        role = organisation.Role.objects.create(
            code="dealer", name="dealer", permissions=["partners.party.view"]
        )
        for number in range(DEALERS):
            code = f"D{number:03}"
            file_node = kernel.Node.objects.create(kind="file", party_id=number + 1)
            partners.Party.objects.create(
                id=number + 1, node_id=file_node.pk, file_node_id=file_node.pk, code=code, name=code
            )
            person = organisation.Person.objects.create(username=code, name=code, party_id=number + 1)
            organisation.Post.objects.create(
                person=person, role=role, party_id=number + 1, granted_by="test", valid_from=world.BEFORE
            )
            found[code] = person
    return found


class Cut(Exception):
    """What a request dies of in the middle."""


DEATHS = {"rollback": Cut, "error": psycopg.errors.DivisionByZero, "cancel": psycopg.errors.QueryCanceled}


def visit(person, code, way):
    """A request of one dealer, which may end well, in a rollback, an error of the database, or a cancel.

    Returns the codes it saw.
    """
    actor = actors.of_person(person, now=harness.NOW)
    seen = []
    try:
        with scope.transaction(actor, acting=way in ("acting", "rollback")):
            seen += partners.Party.objects.values_list("code", flat=True)
            if way == "rollback":
                partners.Party.objects.filter(code=code).update(name="changed")
                raise Cut
            with connection.cursor() as cursor:
                if way == "error":
                    cursor.execute("SELECT 1/0")
                if way == "cancel":
                    cursor.execute("SELECT set_config('statement_timeout', '1', true)")
                    cursor.execute("SELECT pg_sleep(1)")
            seen += partners.Party.objects.values_list("code", flat=True)
    except Exception as error:
        if way in ("plain", "acting"):
            raise
        # By class, not by words: a timeout that fires between two messages of the protocol is told as "due to
        # user request".
        assert isinstance(error.__cause__ or error, DEATHS[way]), error
    # Whatever happened, the connection that goes back to the pool tells the next one nothing.
    assert list(partners.Party.objects.values_list("code", flat=True)) == []
    return seen


def visits(people, count):
    """Requests of all dealers in a random order over the pool; what each saw."""
    dice = random.Random(SEED)
    ways = ("plain", "plain", "acting", "rollback", "error", "cancel")
    plan = [(dice.choice(sorted(people)), dice.choice(ways)) for _ in range(count)]

    def run(one):
        code, way = one
        try:
            return code, visit(people[code], code, way)
        finally:
            connections["default"].close()

    with futures.ThreadPoolExecutor(10) as pool:
        return list(pool.map(run, plan))


def crossed(found):
    return [(code, seen) for code, seen in found if set(seen) - {code}]


def test_fifty_dealers_over_one_pool_never_see_each_other(dealers):
    found = visits(dealers, 600)
    assert crossed(found) == []
    assert all(seen for _code, seen in found)
    with scope.everything():
        assert not partners.Party.objects.filter(name="changed").exists()


def test_control_a_setting_that_outlives_its_transaction_is_seen(dealers, monkeypatch):
    """Negative control: the same visits where what a transaction sets stays on the connection."""
    from qudao.kernel.scope import context

    monkeypatch.setattr(context, "_SET", context._SET.replace(", true)", ", false)"))
    with pytest.raises(AssertionError):
        visits(dealers, 30)


# -- R19 ---------------------------------------------------------------------------------------------


@pytest.fixture
def clock(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: harness.NOW)


def post_of(**holder):
    with scope.everything():
        return organisation.Post.objects.get(**holder, revoked_at__isnull=True)


def test_a_revoked_person_is_refused_on_the_next_request(company, clock):
    person = organisation.Person.objects.get(pk=company.people["kangze"])
    browser = trades.browser(person)
    pages = ("/orders/", "/orders/?format=xlsx", "/api/v1/orders", "/partners/")
    assert [browser.get(page).status_code for page in pages] == [200] * 4
    operations.revoke_post(post_id=post_of(person=person).pk, actor=trades.HOUSE, now=harness.NOW)
    assert [browser.get(page).status_code for page in pages] == [403] * 4
    operations.grant_post(
        role="dealer", person_id=person.pk, party_id=person.party_id, actor=trades.HOUSE, now=harness.NOW
    )
    assert [browser.get(page).status_code for page in pages] == [200] * 4


def test_a_revoked_client_is_refused_with_the_token_it_has(company, clock):
    world.oauth_client("orders.order.view", client_id="kangze-erp", party_id=company.parties["kangze"])
    headers = world.bearer("kangze-erp")
    assert Client().get("/api/v1/orders", headers=headers).status_code == 200
    operations.revoke_post(post_id=post_of(client_id="kangze-erp").pk, actor=trades.HOUSE, now=harness.NOW)
    assert Client().get("/api/v1/orders", headers=headers).status_code == 403


def test_a_person_whose_account_is_closed_is_signed_out(company, clock):
    person = organisation.Person.objects.get(pk=company.people["kangze"])
    browser = trades.browser(person)
    assert browser.get("/orders/").status_code == 200
    with scope.everything():
        organisation.Person.objects.filter(pk=person.pk).update(is_active=False)
    answer = browser.get("/orders/")
    assert (answer.status_code, answer.headers["Location"][:9]) == (302, "/sign-in/")
    assert browser.get("/api/v1/orders").status_code == 401


def test_a_permission_taken_from_a_role_is_gone_on_the_next_request(company, clock):
    person = organisation.Person.objects.get(pk=company.people["kangze"])
    browser = trades.browser(person)
    assert browser.get("/partners/").status_code == 200
    with scope.everything():
        role = organisation.Role.objects.get(code="dealer")
        role.permissions = [one for one in role.permissions if one != "partners.party.view"]
        role.save()
    assert browser.get("/partners/").status_code == 403


# -- R20 ---------------------------------------------------------------------------------------------

COST = re.compile(r"cost|成本|毛利|margin|底价|floor|supplier_price", re.I)
# What the goods cost us, and the least we sell them for.
FIGURES = ("900.00", "880.00", "610.00", "42.50", "1,100.00", "1100.0000")


def shown_to(trade, who):
    """Every page and answer a partner gets about its own things."""
    for row, kind in matrix.NAMED.items():
        if row.endswith((".journal_entry", ".journal_staged")):
            continue  # the audit's pages, which no standard role of a partner opens
        for owner in trades.SEES[who][0]:
            for identifier in probing.identifiers(trade, kind, owner):
                if row.startswith("GET") or " " not in row:
                    yield row, probing.ask(trade, who, row, identifier)[0].body
    for row in matrix.LISTED - {"qudao.organisation.views.journal"}:
        address = f"/api/v1{row.split()[1]}" if " " in row else probing.routes()[row]
        answer = trade.browsers[who].get(address)
        yield row, b"".join(answer).decode("utf-8", "replace")


def costs_in(pages):
    return {
        (row, word)
        for row, body in pages
        for word in [*(found[0] for found in COST.finditer(body)), *(f for f in FIGURES if f">{f}<" in body)]
    }


@pytest.mark.parametrize("who", ["kangze", "renji", "lianyou", "zheer"])
def test_nothing_a_partner_sees_names_or_tells_a_cost(trade, who):
    assert costs_in(shown_to(trade, who)) == set()


def test_control_a_cost_on_a_page_is_found():
    pages = [("a page", "<td>成本</td><td>610.00</td>"), ("an answer", '{"unit_cost":"1"}')]
    assert {word for _, word in costs_in(pages)} == {"成本", "610.00", "cost"}


def test_no_answer_of_the_api_declares_a_cost():
    schemas = json.loads(Client().get("/api/v1/openapi.json").content)["components"]["schemas"]
    names = {name for schema in schemas.values() for name in schema.get("properties", {})}
    assert {name for name in names if COST.search(name)} == set()
    assert "unit_price" in names


def test_no_role_of_a_partner_or_client_carries_what_is_ours_alone():
    from qudao.organisation import standard_roles

    ours = {
        "inventory.cost.view",
        "organisation.journal.view",
        "pricing.contract.manage",
        "settlement.rebate.run",
    }
    for role in standard_roles.ROLES:
        if role.code in ("dealer", "dealer_staff", "agent", "hospital", "service_point", "api_client"):
            assert not ours & set(standard_roles.expand(role, manifest.permissions())), role.code


def test_a_client_without_a_post_is_nobody(db):
    with pytest.raises(errors.Forbidden):
        actors.of_client("nobody", now=harness.NOW)
