"""Orders over the API, on the small company: what a partner's program sends, and every way of sending it wrong."""

import collections
import itertools
import json
import re
from concurrent import futures
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client, override_settings
from django.utils import timezone

from qudao.inventory import models as inventory
from qudao.kernel import scope
from qudao.orders import models
from tests import harness
from tests.api import world
from tests.browser import trading

NEEDS = ("settlement",)
ORDERS = "/api/v1/orders"
SENDERS = itertools.count(1)
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
PERMISSIONS = (
    *("orders.order.place", "orders.order.confirm", "orders.order.view"),
    *("orders.shipment.view", "partners.party.view"),
)


@pytest.fixture(scope="module")
def company(database_clone):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timezone, "now", lambda: harness.NOW)
        yield harness.company()


@pytest.fixture(scope="module")
def bearer(company):
    """The headers of Kangze's own ERP, an API client with a post."""
    world.oauth_client(*PERMISSIONS, client_id="kangze-erp", party_id=company.parties["kangze"])
    return world.bearer("kangze-erp")


@pytest.fixture
def send(company, bearer):
    """POST /orders of BQ-2515 with fields changed; every call has a key of its own unless it gives one."""
    numbers = iter(range(1, 1000))

    def call(*, key=None, headers=None, lines=None, raw=None, **fields):
        wanted = {
            "account_id": company.accounts["kangze.CV"],
            "ship_to_id": company.places["zheer.binjiang"],
            "lines": lines or [{"item_id": company.items["BQ-2515"], "quantity": "2"}],
            **fields,
        }
        key = f"{call.name}-{next(numbers)}" if key is None else key
        return Client().post(
            ORDERS,
            data=raw if raw is not None else json.dumps(wanted),
            content_type="application/json",
            headers={**bearer, **({"Idempotency-Key": key} if key else {}), **(headers or {})},
        )

    # Not by `id`: that of a test before may be given out again, and its keys are used.
    call.name = f"t{next(SENDERS)}"
    return call


def written():
    """What an order writes."""
    with scope.everything():
        return (
            models.Order.objects.count(),
            sum(inventory.Balance.objects.values_list("reserved", flat=True)),
        )


def get(address, bearer, **headers):
    return Client().get(f"/api/v1{address}", headers={**bearer, **headers})


# -- placing -----------------------------------------------------------------------------------------


def test_a_partners_program_places_an_order_and_reads_it_back(send, bearer):
    orders, reserved = written()
    answer = send(reference="PO-7781")
    assert answer.status_code == 201
    placed = answer.json()
    assert (placed["status"], placed["channel"], placed["gross"]) == ("confirmed", "api", "3720.00")
    assert placed["lines"][0]["unit_price"] == "1860.0000"
    assert (answer.headers["ETag"], answer.headers["Idempotent-Replayed"]) == ('"1"', "false")
    assert written() == (orders + 1, reserved + 2)
    found = get(f"/orders/{placed['id']}", bearer)
    assert found.json() == placed
    assert get(f"/orders/{placed['id']}", bearer, **{"If-None-Match": '"1"'}).status_code == 304
    assert placed["number"] in {row["number"] for row in get("/orders", bearer).json()["items"]}
    # Not what the contract's price has replaced: that is what others of its tier pay.
    assert [(step["code"], step["before"]) for step in placed["lines"][0]["explanation"]] == [
        ("contract", None),
        ("tax", "3720.00"),
    ]


def test_what_a_program_did_is_told_by_its_name(send, company):
    placed = send().json()
    page = Client()
    page.force_login(trading.user(company, "zhoulan"), backend=BACKEND)
    for address in ("/orders/?channel=api", f"/orders/{placed['id']}/"):
        told = page.get(address).content.decode()
        assert "kangze-erp" in told and "client:" not in told, address
    dealer = Client()
    dealer.force_login(trading.user(company, "kangze"), backend=BACKEND)
    told = dealer.get(f"/orders/{placed['id']}/").content.decode()
    assert "接口程序" in told and "client:" not in told
    auditor = Client()
    auditor.force_login(trading.user(company, "auditor"), backend=BACKEND)
    told = auditor.get("/journal/", {"actor": "Kangze-ERP"}).content.decode()
    assert placed["number"] in told and "client:" not in told


def test_the_same_post_twice_makes_one_order_and_one_answer(send):
    before = written()[0]
    first, second = (send(key="twice") for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert [one.headers["Idempotent-Replayed"] for one in (first, second)] == ["false", "true"]
    assert first.headers["ETag"] == second.headers["ETag"]
    assert written()[0] == before + 1


def test_the_same_key_with_another_body_is_refused(send, company):
    send(key="reused")
    before = written()
    other = send(key="reused", lines=[{"item_id": company.items["BQ-2515"], "quantity": "3"}])
    assert (other.status_code, other.json()["code"]) == (422, "kernel.key_reused")
    assert written() == before


def test_a_post_without_a_key_is_refused(send):
    before = written()
    answer = send(key="")
    assert (answer.status_code, answer.json()["code"]) == (400, "kernel.key_missing")
    assert written() == before


def test_a_refusal_leaves_the_key_free_and_takes_no_number(send, company):
    refused = send(key="mended", lines=[{"item_id": company.items["BQ-2515"], "quantity": "9999"}])
    assert refused.status_code == 422
    assert "orders.short" in {one["code"] for one in refused.json()["errors"]}
    first = send().json()["number"]
    mended = send(key="mended")
    assert mended.status_code == 201
    assert int(mended.json()["number"][-6:]) == int(first[-6:]) + 1


def at_once(send, keys):
    """Each key's request from a thread of its own."""

    def one(key):
        try:
            answer = send(key=key)
            return answer.status_code, answer.json()
        finally:
            connections.close_all()

    with futures.ThreadPoolExecutor(8) as pool:
        return list(pool.map(one, keys))


def test_twenty_posts_at_once_with_one_key_make_one_order(send):
    """R8. Those that come while the first runs are told so; those that come after get its answer."""
    orders, reserved = written()
    answers = at_once(send, ["at-once"] * 20)
    told = collections.Counter(status for status, _ in answers)
    assert set(told) <= {201, 409}
    assert {body["code"] for status, body in answers if status == 409} <= {"kernel.key_running"}
    assert len({body["number"] for status, body in answers if status == 201}) == 1
    assert written() == (orders + 1, reserved + 2)


def test_control_six_keys_at_once_make_six_orders(send):
    """Negative control: it is the key that makes one of many."""
    orders, reserved = written()
    answers = at_once(send, [f"each-{number}" for number in range(6)])
    assert [status for status, _ in answers] == [201] * 6
    assert written() == (orders + 6, reserved + 12)


# -- versions ----------------------------------------------------------------------------------------


def change(bearer, order, *, version, quantity, **more):
    body = {
        "account_id": order["account_id"],
        "ship_to_id": order["ship_to_id"],
        "lines": [{"item_id": order["lines"][0]["item_id"], "quantity": quantity}],
        **more,
    }
    return Client().put(
        f"{ORDERS}/{order['id']}",
        data=json.dumps(body),
        content_type="application/json",
        headers={**bearer, "Idempotency-Key": f"change-{version}", "If-Match": f'"{version}"'},
    )


def test_a_draft_is_changed_and_placed_under_its_number(send, bearer):
    draft = send(draft=True).json()
    changed = change(bearer, draft, version=1, quantity="3", draft=True)
    assert (changed.status_code, changed.json()["status"], changed.headers["ETag"]) == (200, "draft", '"2"')
    stale = change(bearer, draft, version=1, quantity="4", draft=True)
    assert (stale.status_code, stale.json()["code"]) == (422, "kernel.key_reused") or stale.status_code == 412
    placed = change(bearer, draft, version=2, quantity="5").json()
    assert (placed["number"], placed["status"]) == (draft["number"], "confirmed")
    assert [line["quantity"] for line in placed["lines"]] == ["5.0000"]


def step(bearer, order, verb, *, version=None, body=None, key=None):
    headers = {**bearer, "Idempotency-Key": key or f"{verb}-{order['id']}-{version}"}
    if version is not None:
        headers["If-Match"] = f'"{version}"'
    return Client().post(
        f"{ORDERS}/{order['id']}/{verb}",
        data=None if body is None else json.dumps(body),
        content_type="application/json",
        headers=headers,
    )


def test_a_change_says_which_version_it_saw(send, bearer):
    draft = send(draft=True).json()
    assert draft["status"] == "draft"
    before = written()
    missing = step(bearer, draft, "confirm")
    assert (missing.status_code, missing.json()["code"]) == (428, "api.version_missing")
    older = step(bearer, draft, "confirm", version=7)
    assert (older.status_code, older.json()["code"]) == (412, "kernel.changed_meanwhile")
    assert written() == before
    confirmed = step(bearer, draft, "confirm", version=1)
    assert (confirmed.status_code, confirmed.json()["status"]) == (200, "confirmed")
    assert confirmed.headers["ETag"] == '"2"'
    again = step(bearer, draft, "confirm", version=1, key="another")
    assert (again.status_code, again.json()["code"]) == (412, "kernel.changed_meanwhile")
    assert written() == (before[0], before[1] + 2)
    cancelled = step(bearer, draft, "cancel", version=2, body={"reason": "不要了"})
    assert (cancelled.status_code, cancelled.json()["status"]) == (200, "cancelled")
    assert written() == before


# -- problems ----------------------------------------------------------------------------------------


def reagents(send, company, **more):
    """Kangze's papers do not name 6840; and there are not that many."""
    return send(
        account_id=company.accounts["kangze.IVD"],
        lines=[{"item_id": company.items["CTNI-100"], "quantity": "400"}],
        **more,
    )


CODES = [
    *("orders.short", "partners.scope_missing", "partners.scope_missing_undated"),
    "settlement.credit_exceeded",
]


def test_every_reason_is_told_with_its_line_and_what_mends_it(send, company):
    before = written()
    answer = reagents(send, company)
    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    told = answer.json()
    assert (told["status"], told["instance"], told["type"]) == (422, ORDERS, f"/problems/{told['code']}")
    refusing = [one for one in told["errors"] if one["severity"] == "refuse"]
    assert sorted(one["code"] for one in refusing) == CODES
    assert {one["code"]: one["line"] for one in refusing} == {
        code: None if code.startswith("settlement") else 1 for code in CODES
    }
    assert all(one["title"] and one["why"] and one["mend"] for one in refusing)
    assert "6840" in " ".join(one["title"] for one in refusing)
    assert written() == before


def test_reasons_are_told_in_the_language_asked_for(send, company):
    chinese, english = (
        reagents(send, company, headers={"Accept-Language": language}) for language in ("zh-CN", "en-GB")
    )
    assert (chinese.headers["Content-Language"], english.headers["Content-Language"]) == ("zh-hans", "en")
    han = re.compile(r"[\u4e00-\u9fff]")
    pairs = list(zip(chinese.json()["errors"], english.json()["errors"], strict=True))
    assert [one["code"] for one, _ in pairs] == [other["code"] for _, other in pairs]
    for one, other in pairs:
        assert all(han.search(one[part]) for part in ("title", "why", "mend"))
        assert other["title"].isascii() or "体外诊断试剂" in other["title"]  # the catalogue's own word
        assert other["mend"].isascii()


def spelt(company, quantity: str) -> str:
    """A body with the quantity spelt as given."""
    body = {
        "account_id": company.accounts["kangze.CV"],
        "ship_to_id": company.places["zheer.binjiang"],
        "lines": [{"item_id": company.items["BQ-2515"], "quantity": "HERE"}],
    }
    return json.dumps(body).replace('"HERE"', quantity)


@pytest.mark.parametrize(
    "quantity",
    [
        *("0", "-1", '"-0.5"', "1e400", '"NaN"', '"Infinity"', "0.00001", '"1,5"', '"二"', "null", "true"),
        *("100000000000000000000", "[]", '""'),
    ],
)
def test_a_quantity_that_is_none_is_refused_with_a_pointer(send, company, quantity):
    before = written()
    answer = send(raw=spelt(company, quantity))
    assert answer.status_code == 422, answer.content
    assert [one["pointer"] for one in answer.json()["errors"]] == ["/body/body/lines/0/quantity"]
    assert written() == before


def test_a_number_is_read_digit_by_digit(send, company):
    """Through a binary float, 12345678901234.5678 would become 12345678901234.568."""
    answer = send(raw=spelt(company, "12345678901234.5678"))
    assert answer.status_code == 422
    assert (
        "12,345,678,901,234.5678" in answer.content.decode()
        or "12345678901234.5678" in answer.content.decode()
    )


@pytest.mark.parametrize(
    "fields",
    [
        *({"unit_price": "0.01"}, {"gross": "1.00"}, {"status": "signed"}, {"node_id": 1}, {"discount": "9"}),
        *({"channel": "rep"}, {"placed_by": "person:1"}, {"entity_id": 2}, {"number": "SO1-2026-000001"}),
    ],
)
def test_a_field_nobody_asked_for_is_refused(send, fields):
    """R20: nothing can be slipped into an order."""
    before = written()
    answer = send(**fields)
    assert (answer.status_code, answer.json()["code"]) == (422, "api.invalid.extra_forbidden")
    assert written() == before


def test_a_price_slipped_into_a_line_is_refused(send, company):
    line = {"item_id": company.items["BQ-2515"], "quantity": "1", "unit_price": "0.01"}
    assert send(lines=[line]).status_code == 422


@pytest.mark.parametrize("lines", [501, 0])
def test_a_list_of_lines_out_of_bounds_is_refused(send, company, lines):
    before = written()
    raw = json.dumps(
        {
            "account_id": company.accounts["kangze.CV"],
            "ship_to_id": company.places["zheer.binjiang"],
            "lines": [{"item_id": company.items["BQ-2515"], "quantity": "1"}] * lines,
        }
    )
    answer = send(raw=raw)
    assert answer.status_code == 422
    assert written() == before


# -- over the limit ----------------------------------------------------------------------------------


def test_a_body_over_the_limit_is_refused_in_words(send):
    before = written()
    with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=50):
        answer = send()
    assert (answer.status_code, answer.json()["code"]) == (413, "api.too_large")
    assert answer.json()["errors"][0]["mend"]
    assert written() == before


def test_an_upload_over_the_limit_is_refused_in_words(company):
    from django.contrib.auth import get_user_model

    browser = Client()
    browser.force_login(
        get_user_model().objects.get(pk=company.people["kangze"]),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    before = written()
    form = {"account": company.accounts["kangze.CV"], "ship_to": company.places["zheer.binjiang"]}
    with override_settings(UPLOAD_LIMIT=1024 * 1024):
        file = SimpleUploadedFile("订单.xlsx", b"PK" + b"0" * (3 * 1024 * 1024))
        answer = browser.post("/orders/upload/", {**form, "file": file})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "文件过大" in page and "3 MB" in page and "1 MB" in page
    assert browser.post("/orders/upload/", form).status_code == 422
    assert written() == before


def test_money_adds_up_in_what_the_api_says(send, company):
    items = company.items
    answer = send(
        lines=[
            {"item_id": items["BQ-2515"], "quantity": "3"},
            {"item_id": items["DS-035"], "quantity": "7"},
        ]
    )
    told = answer.json()
    for name in ("gross", "net", "tax"):
        assert sum(Decimal(line[name]) for line in told["lines"]) == Decimal(told[name])
    assert Decimal(told["net"]) + Decimal(told["tax"]) == Decimal(told["gross"])


def test_a_basket_of_two_lines_is_refused_or_placed_as_a_whole(company, bearer):
    def send(*codes, key):
        body = {
            "party_id": company.parties["kangze"],
            "entity_id": company.entities["qd"],
            "ship_to_id": company.places["kangze"],
            "lines": [{"item_id": company.items[code], "quantity": "2"} for code in codes],
        }
        headers = {**bearer, "Idempotency-Key": key}
        return Client().post(
            "/api/v1/baskets", data=json.dumps(body), content_type="application/json", headers=headers
        )

    before = written()
    refused = send("BQ-2515", "CTNI-100", key="basket-1")
    # Kangze's papers name no reagents: its implants are not ordered either.
    assert refused.status_code == 422
    assert {
        (one["code"], one["line"]) for one in refused.json()["errors"] if one["severity"] == "refuse"
    } == {
        ("partners.scope_missing", 2),
        ("partners.scope_missing_undated", 2),
    }
    assert written() == before
    placed = send("BQ-2515", "DS-035", key="basket-2")
    assert placed.status_code == 201
    assert [(one["gross"], one["basket"]) for one in placed.json()] == [("3912.00", None)]
    assert written() == (before[0] + 1, before[1] + 4)
    assert send("BQ-2515", "DS-035", key="basket-2").json() == placed.json()
    assert written() == (before[0] + 1, before[1] + 4)
