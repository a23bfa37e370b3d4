"""What the pages can do a program can: name a template anew, sign with photos, judge a case, close a month."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from qudao.kernel import scope
from qudao.orders import models, queries
from tests import harness
from tests.api import world
from tests.browser import trading
from tests.operations import flow_world
from tests.operations.test_flow import rows, take_in
from tests.operations.test_flow_cases import ABROAD
from tests.operations.test_sign_photos import JPEG, KEPT_JPEG

NEEDS = ("settlement", "flow")


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: harness.NOW)


def ask(who, method, path, body=None, **headers):
    content = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
    return Client().generic(method, f"/api/v1{path}", headers=world.bearer(who) | headers, **content)


# --- templates -------------------------------------------------------------------------------------


@pytest.fixture
def template(company):
    world.oauth_client("orders.order.place", client_id="kangze-erp", party_id=company.parties["kangze"])
    body = {
        "account_id": company.accounts["kangze.CV"],
        "name": "常用",
        "lines": [{"item_id": company.items["BQ-2515"], "quantity": "2"}],
    }
    made = ask("kangze-erp", "POST", "/order-templates", body, **{"Idempotency-Key": "T-1"})
    assert made.status_code == 201, made.content
    return made.json()


def test_a_template_is_called_otherwise_once_under_its_key_and_removed(template):
    path = f"/order-templates/{template['id']}"
    named = {"Idempotency-Key": "T-2", "If-Match": f'"{template["version"]}"'}
    for replayed in ("false", "true"):
        answer = ask("kangze-erp", "PATCH", path, {"name": "每周补货"}, **named)
        assert (answer.status_code, answer.json()["name"]) == (200, "每周补货")
        assert answer.headers["Idempotent-Replayed"] == replayed
    stale = ask("kangze-erp", "PATCH", path, {"name": "又一个"}, **named | {"Idempotency-Key": "T-3"})
    assert (stale.status_code, stale.json()["code"]) == (412, "kernel.changed_meanwhile")
    empty = ask("kangze-erp", "PATCH", path, {"name": " "}, **named | {"Idempotency-Key": "T-4"})
    assert empty.status_code == 422
    with scope.everything():
        assert list(models.OrderTemplate.objects.values_list("name", flat=True)) == ["每周补货"]
    gone = {"Idempotency-Key": "T-5", "If-Match": f'"{template["version"] + 1}"'}
    assert ask("kangze-erp", "DELETE", path, **gone).status_code == 204
    with scope.everything():
        assert not models.OrderTemplate.objects.exists()


# --- photos ----------------------------------------------------------------------------------------


@pytest.fixture
def shipment(company):
    for who in ("kangze", "renji"):
        world.oauth_client(
            *("orders.shipment.view", "orders.shipment.sign"),
            client_id=f"{who}-erp",
            party_id=company.parties[who],
        )
    return trading.on_the_road(company, ("DS-035", "20"))


def sign(shipment, *sent, key="S-1", damaged="2"):
    line = shipment.lines[0]
    signed = f"{line.shipped - int(damaged)}"
    details = {"lines": [{"no": line.no, "signed": signed, "damaged": damaged, "reason": "外箱破损"}]}
    return Client().post(
        f"/api/v1/shipments/{shipment.id}/sign-with-photos",
        {"details": json.dumps(details), "photos": [SimpleUploadedFile(*one) for one in sent]},
        headers=world.bearer("kangze-erp") | {"Idempotency-Key": key, "If-Match": f'"{shipment.version}"'},
    )


def test_a_program_signs_with_photos_and_reads_them_back(shipment):
    for replayed in ("false", "true"):
        answer = sign(shipment, ("外箱.jpg", JPEG))
        assert (answer.status_code, answer.json()["status"]) == (200, "signed_with_difference"), (
            answer.content
        )
        assert answer.headers["Idempotent-Replayed"] == replayed
    [photo] = ask("kangze-erp", "GET", f"/shipments/{shipment.id}/photos").json()
    assert (photo["no"], photo["media_type"]) == (1, "image/jpeg")
    seen = ask("kangze-erp", "GET", f"/shipments/{shipment.id}/photos/1")
    assert (seen.status_code, seen["Content-Type"]) == (200, "image/jpeg")
    assert b"".join(seen.streaming_content) == KEPT_JPEG
    assert ask("kangze-erp", "GET", f"/shipments/{shipment.id}/photos/2").status_code == 404
    for part in ("", "/1"):
        assert ask("renji-erp", "GET", f"/shipments/{shipment.id}/photos{part}").status_code == 404


@pytest.mark.parametrize(
    ("sent", "damaged", "code"),
    [
        ([("a.pdf", b"%PDF-1.7")], "2", "orders.photo_kind"),
        ([(f"{no}.jpg", JPEG) for no in range(4)], "2", "orders.too_many_photos"),
        ([("a.jpg", JPEG)], "0", "orders.photos_without_difference"),
    ],
)
def test_photos_that_are_refused_sign_nothing(shipment, sent, damaged, code):
    answer = sign(shipment, *sent, damaged=damaged)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    with scope.transaction(trading.SYSTEM):
        assert queries.get_shipment(shipment.id, actor=trading.SYSTEM).status == "shipped"


def test_what_is_wrong_with_the_details_is_said_with_its_place(shipment):
    answer = Client().post(
        f"/api/v1/shipments/{shipment.id}/sign-with-photos",
        {"details": '{"lines": [{"no": 0, "signed": "1"}]}', "photos": [SimpleUploadedFile("a.jpg", JPEG)]},
        headers=world.bearer("kangze-erp") | {"Idempotency-Key": "S-9", "If-Match": '"1"'},
    )
    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json()["errors"]] == ["/form/details/lines/0/no"]


# --- cases -----------------------------------------------------------------------------------------


@pytest.fixture
def case(db):
    built = flow_world.build()
    [row] = rows(take_in(built, flow_world.report(ABROAD)))
    permissions = ("flow.file.view", "flow.case.judge")
    world.oauth_client(*permissions, client_id="house")
    for who in ("kangze", "renji"):
        world.oauth_client(*permissions, client_id=who, party_id=getattr(built.channel, who))
    return row


def test_another_partners_case_does_not_exist(case):
    body = {"verdict": "upheld", "ground": "lot", "note": "查实"}
    assert [one["id"] for one in ask("kangze", "GET", "/flow-cases").json()["items"]] == [case.id]
    assert ask("renji", "GET", "/flow-cases").json()["items"] == []
    assert ask("renji", "GET", f"/flow-cases/{case.id}").status_code == 404
    told = ask("renji", "POST", f"/flow-cases/{case.id}/verdict", body, **{"Idempotency-Key": "V-0"})
    assert told.status_code == 404
    assert ask("house", "GET", f"/flow-cases/{case.id}").json()["verdicts"] == []


def test_a_case_is_listed_and_judged_once_under_its_key(case):
    [listed] = ask("house", "GET", "/flow-cases?verdict=open").json()["items"]
    assert (listed["id"], [one["code"] for one in listed["reasons"]]) == (case.id, ["flow.out_of_area"])
    body = {"verdict": "authorised", "ground": "agreed", "note": "事先同意"}
    for replayed in ("false", "true"):
        answer = ask("house", "POST", f"/flow-cases/{case.id}/verdict", body, **{"Idempotency-Key": "V-1"})
        assert answer.status_code == 200, answer.content
        assert (answer.json()["state"], answer.json()["verdict"]) == ("normal", "authorised")
        assert answer.headers["Idempotent-Replayed"] == replayed
    found = ask("house", "GET", f"/flow-cases/{case.id}").json()
    assert [(one["ground"], one["note"]) for one in found["verdicts"]] == [("agreed", "事先同意")]
    assert ask("house", "GET", "/flow-cases?verdict=open").json()["items"] == []


def test_a_verdict_on_a_ground_that_is_not_its_own_is_refused_and_changes_nothing(case):
    body = {"verdict": "upheld", "ground": "agreed", "note": "查实"}
    answer = ask("house", "POST", f"/flow-cases/{case.id}/verdict", body, **{"Idempotency-Key": "V-2"})
    assert (answer.status_code, answer.json()["code"]) == (422, "flow.verdict_missing")
    assert ask("house", "GET", f"/flow-cases/{case.id}").json()["verdicts"] == []
    assert ask("house", "GET", "/flow-cases/987654321").status_code == 404


# --- periods ---------------------------------------------------------------------------------------


def test_a_month_is_closed_once_and_one_that_runs_is_refused(company):
    world.oauth_client("organisation.period.close", client_id="closing")
    body = {"entity_id": company.entities["qd"], "ledger": "receivable", "month": "2026-10"}
    for replayed in ("false", "true"):
        answer = ask("closing", "POST", "/periods", body, **{"Idempotency-Key": "P-1"})
        assert (answer.status_code, answer.json()["first_on"]) == (201, "2026-10-01"), answer.content
        assert answer.headers["Idempotent-Replayed"] == replayed
    running = ask("closing", "POST", "/periods", body | {"month": "2026-11"}, **{"Idempotency-Key": "P-2"})
    assert (running.status_code, running.json()["code"]) == (422, "organisation.period_not_ended")
    assert [one["first_on"] for one in ask("closing", "GET", "/periods").json()["items"]] == ["2026-10-01"]


# --- sell-through ----------------------------------------------------------------------------------


HEADER = "销售日期,客户名称,城市,产品编码,批号,数量,单位,单价,单据号"


def csv(*rows):
    return "\n".join([HEADER, *rows]).encode()


def test_a_dealers_system_sends_its_sell_through_and_our_own_matches_what_it_left_open(company):
    kangze, ours = world.partners_program(company, "kangze"), world.house()
    fields = {"account_id": company.accounts["kangze.CV"], "month": "2026-11"}
    broken = ("file", "流向.csv", csv("昨天,浙江省第二人民医院,杭州,BQ-2515,B2601,1,支,2100,XS1"))
    checked = kangze.once("/flow-files/check", fields, file=broken)
    assert (checked["ok"], checked["sheets"][0]["refused"]) == (False, 1)
    assert kangze.post("/flow-files", fields, file=broken).status_code == 422
    assert kangze.items("/flow-files") == []
    good = ("file", "流向.csv", csv("2026-11-20,浙二医院滨江,杭州,BQ-2515,B2601,1,支,2100,XS1"))
    assert kangze.once("/flow-files/check", fields, file=good)["ok"] is True
    taken = kangze.once("/flow-files", fields, status=201, file=good)
    assert (taken["rows"], taken["month"], taken["states"]) == (1, "2026-11-01", {"unmatched": 1})
    assert kangze.refused("/flow-files", fields, file=good) == {"flow.file_taken_in"}
    assert kangze.post("/flow-files", fields | {"month": "11月"}, file=good).status_code == 422
    renji = world.partners_program(company, "renji")
    assert renji.items("/flow-files") == []
    assert renji.refused("/flow-files", fields, status=404, file=good) == {"kernel.not_found"}
    waiting = {one["what"]: one for one in ours.items("/flow-matches")}
    assert {what: one["rows"] for what, one in waiting.items()} == {"customer": 1, "product": 1}
    path = f"/flow-rows/{waiting['customer']['row_id']}/match"
    assert ours.refused(path, {}) == {"flow.nothing_decided"}
    assert ours.refused(path, {"hospital_id": 999_999}) == {"flow.hospital_unknown"}
    assert len(ours.items("/flow-matches")) == 2
    assert ours.once(path, {"hospital_id": company.parties["zheer"]})["again"] == 1
    assert [one["what"] for one in ours.items("/flow-matches")] == ["product"]
    assert ours.once(path, {"item_id": company.items["BQ-2515"]})["again"] == 1
    assert ours.items("/flow-matches") == []
