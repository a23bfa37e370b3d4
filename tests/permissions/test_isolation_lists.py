"""R16 where nothing is named: lists, counts, exports, search, trace, forms; and every table behind them."""

import base64
import io
import json
import re
from urllib import parse

import pytest
from django.db import connection
from django.test import Client
from python_calamine import CalamineWorkbook

from qudao.flow import queries as flow
from qudao.inventory import models as inventory
from qudao.kernel import errors, scope
from qudao.kernel.scope import policies
from qudao.organisation import actors
from qudao.settlement import models as settlement
from qudao.settlement import operations as settlement_operations
from qudao.settlement import queries as settlement_queries
from tests import harness
from tests.permissions import matrix, probing
from tests.permissions import trade as trades

NEEDS = ("compliance", "flow", "settlement", "supply", "field", "insights", "portal")
WHO = list(trades.SEES)


def text_of(response) -> str:
    """What a page or a file says; of an Excel file, its cells."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    if not body.startswith(b"PK"):
        return body.decode()
    sheets = CalamineWorkbook.from_filelike(io.BytesIO(body))
    return "\n".join(
        str(cell)
        for name in sheets.sheet_names
        for row in sheets.get_sheet_by_name(name).to_python()
        for cell in row
    )


def foreign_words(trade, who) -> set[str]:
    """What would tell of documents or parties that `who` may not know of."""
    foreign = trades.SEES[who][1]
    words = {word for owner in foreign for word in trades.secrets(trade, owner)}
    for owner in trades.OWNERS:
        if owner.partition(".")[0] != who:
            words |= trade.money[owner]["words"]
    for party in trades.HIDDEN_PARTIES[who]:
        words |= trade.names[party]
    return words


def own_words(trade, who) -> set[str]:
    return {trade.orders[owner].number for owner in trades.SEES[who][0]}


def leaks(trade, who, text) -> set[str]:
    return {word for word in foreign_words(trade, who) if word in text}


def fetch(trade, who, row, query=None):
    """The answer of a page, or of a listing operation of the API."""
    if " " in row:
        return Client().get(f"/api/v1{row.split()[1]}", query, headers=trade.bearer(who))
    return trade.browsers[who].get(probing.routes()[row], query, follow=True)


# -- lists and exports -------------------------------------------------------------------------------


@pytest.mark.parametrize("row", sorted(matrix.LISTED))
@pytest.mark.parametrize("who", WHO)
def test_a_list_says_nothing_of_others(trade, who, row):
    for query in ({}, {"status": "signed"}, {"status": "draft"}, {"limit": "1"}, {"format": "xlsx"}):
        answer = fetch(trade, who, row, query)
        hidden = row in matrix.OURS and who != "north"
        assert answer.status_code == (404 if hidden else 200), answer.content[:300]
        assert leaks(trade, who, text_of(answer)) == set()


@pytest.mark.parametrize(
    "row",
    ["GET /orders", "qudao.orders.views.order_list"],
)
@pytest.mark.parametrize("who", ["kangze", "renji", "lianyou", "zheer"])
def test_a_list_has_ones_own(trade, who, row):
    """Positive control: the same reading of lists and files finds the numbers of one's own orders."""
    text = text_of(fetch(trade, who, row))
    assert {number for number in own_words(trade, who) if number in text} == own_words(trade, who)


@pytest.mark.parametrize("who", WHO)
def test_counts_and_sums_are_of_ones_own_orders_alone(trade, who):
    own, _ = trades.SEES[who]
    page = text_of(fetch(trade, who, "qudao.orders.views.order_list"))
    # An order of each, and a draft that counts in no sum and is said beside it.
    found = re.search(r"(\d+) 张订单 · 另有 (\d+) 张草稿", page)
    assert (found.groups() if found else ("0", "0")) == (str(len(own)),) * 2
    rows = fetch(trade, who, "GET /orders", {"limit": "200"}).json()
    assert (len(rows["items"]), rows["next_cursor"]) == (2 * len(own), None)


@pytest.mark.parametrize("who", WHO)
def test_anothers_order_is_no_cursor_into_ones_own_list(trade, who):
    """A cursor made of another's identifier pages through one's own rows as any other value does."""
    for owner in trades.SEES[who][1]:
        place = json.dumps(["-pk", None, str(trade.orders[owner].id)])
        query = {"cursor": base64.urlsafe_b64encode(place.encode()).decode(), "limit": "200"}
        answer = fetch(trade, who, "GET /orders", query)
        assert answer.status_code == 200
        assert leaks(trade, who, text_of(answer)) == set()


def test_one_does_not_find_people_of_others(trade):
    names = {f"{who}-looks" for who in WHO if who != "north"}
    for who in names:
        looker = who.removesuffix("-looks")
        text = text_of(fetch(trade, looker, "qudao.organisation.views.people"))
        assert {name for name in names if name in text} == {who}


# -- search, palette, the desk's own search ----------------------------------------------------------


@pytest.mark.parametrize("palette", [True, False])
@pytest.mark.parametrize(("who", "owner"), trades.OUTSIDERS)
def test_a_search_for_anothers_thing_is_a_search_for_nothing(trade, who, owner, palette):
    headers = {"HX-Request": "true"} if palette else {}
    words = trades.secrets(trade, owner)
    if owner.partition(".")[0] in trades.HIDDEN_PARTIES[who]:
        words |= trade.names[owner.partition(".")[0]]
    for word in words:
        nothing = word[:-1] + ("X" if word[-1] != "X" else "Y")
        found, empty = (
            trade.browsers[who].get("/search/", {"q": text}, headers=headers) for text in (word, nothing)
        )
        assert (found.status_code, empty.status_code) == (200, 200), word
        assert masked(found, word) == masked(empty, nothing), word


@pytest.mark.parametrize(("who", "owner"), trades.INSIDERS)
def test_a_search_for_ones_own_finds_it(trade, who, owner):
    """Positive control."""
    answer = trade.browsers[who].get("/search/", {"q": trade.shipments[owner].number})
    assert answer.headers["Location"] == f"/shipments/{trade.shipments[owner].id}/"
    answer = trade.browsers[who].get("/search/", {"q": f"{trades.SECRET_REFERENCE}-{owner}"})
    assert trade.orders[owner].number in answer.content.decode()


def masked(answer, word) -> str:
    """The page without the words that were looked for."""
    text = probing._VOLATILE.sub("", answer.content.decode())
    for spelling in (word, json.dumps(word)[1:-1], parse.quote(word), parse.quote_plus(word)):
        text = text.replace(spelling, "WORD")
    return text


@pytest.mark.parametrize("who", ["north"])
def test_choosing_a_partner_offers_none_of_another_region(trade, who):
    for party in trades.HIDDEN_PARTIES[who]:
        for word in trade.names[party]:
            page = trade.browsers[who].get("/orders/new/", {"q": word}).content.decode()
            assert leaks(trade, who, page.replace(word, "")) == set()
            assert f"party={trade.party(party)}" not in page


# -- identifiers in forms and bodies -----------------------------------------------------------------


def placing(trade, who, *, account, place, hospital=0):
    body = {
        "account_id": account,
        "ship_to_id": place,
        "hospital_id": hospital,
        "lines": [{"item_id": trade.company.items["BQ-2515"], "quantity": "1"}],
    }
    headers = {"Idempotency-Key": f"{who}-{next(probing.NUMBERED)}", **trade.bearer(who)}
    answer = Client().post("/api/v1/orders", body, content_type="application/json", headers=headers)
    return answer.status_code, answer.content.decode()


ABSENT = 987654


@pytest.mark.parametrize(("who", "owner"), [pair for pair in trades.OUTSIDERS if pair[0] != "north"])
def test_an_order_on_anothers_account_is_an_order_on_none(trade, who, owner):
    account = trade.company.accounts[trades.OWNERS[owner][0]]
    place = trade.company.places["zheer.binjiang"]
    found = placing(trade, who, account=account, place=place)
    assert found[0] == 404
    assert found == placing(trade, who, account=ABSENT, place=place)


def test_an_order_to_anothers_warehouse_is_an_order_to_no_place(trade):
    account = trade.company.accounts["kangze.CV"]
    found = placing(trade, "kangze", account=account, place=trade.company.places["renji"])
    assert found[0] == 404
    assert found == placing(trade, "kangze", account=account, place=ABSENT)


def test_the_desk_prices_nothing_for_anothers_account(trade):
    """The form falls back to one's own account: another's and none give the same screen."""
    screens = []
    for account in (trade.company.accounts["renji.CV"], ABSENT):
        form = {
            "party": trade.company.parties["kangze"],
            "account": account,
            "ship_to": trade.company.places["zheer.binjiang"],
            "item": trade.company.items["BQ-2515"],
            "quantity": "1",
            "unit": "",
            "di": "",
            "key": "k",
        }
        answer = trade.browsers["kangze"].post("/orders/new/quote/", form)
        assert answer.status_code == 200
        screens.append(masked(answer, str(ABSENT)))
    assert screens[0] == screens[1]
    assert "1,980" not in screens[0] and "1,860" in screens[0]


@pytest.mark.parametrize("address", ["/orders/new/quote/", "/orders/upload/"])
def test_a_form_for_anothers_partner_is_a_form_for_none(trade, address):
    """One of our own whose post does not reach there."""
    answers = []
    for party, account in (
        (trade.company.parties["kangze"], trade.company.accounts["kangze.CV"]),
        (ABSENT, ABSENT),
    ):
        answer = trade.browsers["north"].post(address, {"party": party, "account": account})
        answers.append((answer.status_code, masked(answer, str(ABSENT))))
    assert answers[0] == answers[1]
    assert answers[0][0] == 404


# -- trace -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["/trace/", "/trace/report/"])
@pytest.mark.parametrize("who", ["kangze", "renji", "zheer"])
def test_a_lot_that_went_to_others_is_a_lot_that_is_not(trade, who, page):
    """D2603 went to the agent alone."""
    browser = trade.browsers[who]
    with scope.everything():
        lot = inventory.Lot.objects.get(code="D2603").pk
    found = browser.get(page, {"q": "D2603", "lot": lot})
    nothing = browser.get(page, {"q": "D9999", "lot": lot})
    assert (found.status_code, masked(found, "D2603")) == (nothing.status_code, masked(nothing, "D9999"))
    assert "D2603" not in masked(found, "D2603")


@pytest.mark.parametrize("page", ["/trace/", "/trace/report/"])
@pytest.mark.parametrize("who", ["kangze", "renji"])
def test_a_lot_that_went_to_both_shows_each_its_own_part(trade, who, page):
    lots = {line.lot_code: line.lot_id for line in trade.shipments[who].lines}
    [(code, lot)] = lots.items()
    text = text_of(trade.browsers[who].get(page, {"q": code, "lot": lot}))
    assert leaks(trade, who, text) == set()
    assert code in text


# -- the tables themselves ---------------------------------------------------------------------------


def rows_of(model, column):
    """Every node that owns a row this transaction sees, by plain SQL: the filter is not asked."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column}, count(*) FROM {model._meta.db_table} GROUP BY 1")
        return dict(cursor.fetchall())


OWNED = [
    (model, policies.shape(model).column)
    for model in policies.secured_models()
    if policies.shape(model).kind in ("own", "shared", "ledger")
]
MUST_HOLD = {
    *("orders_order", "orders_shipmentline", "orders_returnline", "settlement_invoice"),
    *("settlement_statementline", "settlement_fact", "settlement_creditline", "pricing_contract"),
    *("pricing_pricerow", "pricing_rebateterm", "flow_flowfile", "flow_flowrow", "journal_leaf"),
    *("partners_licence", "partners_authorisation", "partners_channelaccount"),
}


def actor_of(trade, who):
    return actors.of_person(trade.people[who], now=harness.NOW)


@pytest.mark.parametrize("acting", [False, True])
@pytest.mark.parametrize("who", WHO)
def test_no_table_gives_a_row_of_a_node_that_is_not_ones_own(trade, who, acting):
    actor = actor_of(trade, who)
    nodes = {0, None, *(actor.reach if acting else actor.visible)}
    narrower = set()
    for model, column in OWNED:
        with scope.everything():
            everything = rows_of(model, column)
        with scope.transaction(actor, acting=acting):
            seen = rows_of(model, column)
        assert set(seen) <= nodes, model
        if seen != everything:
            narrower.add(model._meta.db_table)
    assert narrower >= MUST_HOLD


@pytest.mark.parametrize("who", ["kangze", "renji", "lianyou", "zheer"])
def test_ours_alone_is_never_a_partners(trade, who):
    """Stock, cost, suppliers, floor prices: internal tables are empty to a partner that reads."""
    internal = [model for model in policies.secured_models() if policies.shape(model).kind == "internal"]
    with scope.transaction(actor_of(trade, who)):
        assert {model._meta.db_table: model.objects.exists() for model in internal} == {
            model._meta.db_table: False for model in internal
        }
    with scope.everything():
        assert inventory.CostLayer.objects.exists()


def documents_of(trade, party):
    with scope.everything():
        of_party = {"party_id": trade.company.parties[party]}
        return {
            "invoice": settlement.Invoice.objects.filter(**of_party).first().pk,
            "statement": settlement.Statement.objects.filter(**of_party).first().pk,
        }


ASKING = {
    "invoice": lambda pk, actor: settlement_queries.get_invoice(pk, actor=actor),
    "statement": lambda pk, actor: settlement_queries.get_statement(pk, actor=actor),
}
# The agent above does not see its dealer's money either.
MONEY = [("renji", "kangze"), ("lianyou", "kangze"), ("zheer", "kangze"), ("kangze", "lianyou")]


@pytest.mark.parametrize("kind", sorted(ASKING))
@pytest.mark.parametrize(("who", "party"), MONEY)
def test_anothers_money_is_not_found(trade, who, party, kind):
    document = documents_of(trade, party)[kind]
    actor = actor_of(trade, who)
    with scope.transaction(actor), pytest.raises(errors.NotFound):
        ASKING[kind](document, actor)
    owner = actor_of(trade, party)
    with scope.transaction(owner):
        assert ASKING[kind](document, owner)


@pytest.mark.parametrize(("who", "party"), MONEY)
def test_anothers_statement_cannot_be_confirmed(trade, who, party):
    with pytest.raises(errors.NotFound):
        settlement_operations.confirm_statement(
            statement_id=documents_of(trade, party)["statement"], actor=actor_of(trade, who), now=harness.NOW
        )


def test_an_agent_sees_the_sell_through_of_its_own_line_alone(trade):
    actor = actor_of(trade, "lianyou")
    with scope.transaction(actor):
        seen = {one.account_id for one in flow.list_files(actor=actor)}
    accounts = trade.company.accounts
    assert seen == {accounts["kangze.CV"], accounts["renji.CV"]}
