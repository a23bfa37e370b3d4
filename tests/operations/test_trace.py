"""Trace: both ways, past the first sale, sums that agree, and a partner's view of its own branch alone."""

import datetime as dt
import io
import json
from decimal import Decimal
from urllib import parse

import pytest
from django.test import Client

from qudao.catalog import models as catalog
from qudao.catalog import operations as registering
from qudao.compliance import documents, graph, holds, queries, reports, showing, words
from qudao.flow import operations as flow
from qudao.inventory import models as stock
from qudao.inventory import operations as inventory
from qudao.inventory import tracing
from qudao.kernel import errors, scope, tabular
from qudao.organisation import models as organisation
from qudao.partners import operations as partners
from qudao.shell.commands import trace as command
from qudao.ui import pages
from tests import harness
from tests.operations import flow_world, inventory_world, partners_world
from tests.operations.flow_world import HOUSE, MONTH, NOW, TODAY, report


@pytest.fixture
def world(db):
    """100 received, 40 delivered to 康泽 of which 12 sold on to the hospital, 5 delivered to 仁济."""
    world = flow_world.build()
    flow_world.deliver(world, world.balance, "5", world.channel.renji)
    flow.take_in_file(
        account_id=world.account,
        month=MONTH,
        stream=report({"数量": "12"}),
        name="流向.csv",
        actor=HOUSE,
        now=NOW,
    )
    return world


def trace(world, actor=HOUSE):
    return queries.trace(lot_ids=[world.lot], actor=actor, today=TODAY)


def dealer(world, name):
    return partners_world.person(name, party_id=getattr(world.channel, name), permissions=[queries.VIEW])


def sums(found):
    return [
        (one.side, one.code, found.nodes[one.site_id].name if one.site_id else "", one.quantity)
        for one in found.totals
    ]


def test_everything_received_is_on_hand_or_with_somebody(world):
    found = trace(world)
    assert sums(found) == [
        ("in", "received", "上海微创骨科医疗科技有限公司", 100),
        ("out", "on_hand", "HZ仓", 55),
        ("out", "delivered", "杭州康泽医疗器械有限公司", 40),
        ("out", "delivered", "宁波海曙仁济医疗设备有限公司", 5),
    ]
    assert (found.adds_up, found.came, found.whole) == (True, 100, True)


def test_the_trace_goes_past_the_first_sale_into_the_hospital(world):
    found = trace(world)
    assert [
        (found.nodes[one.site_id].name, one.level, one.came, one.passed_on, one.left) for one in found.holders
    ] == [
        ("杭州康泽医疗器械有限公司", 1, 40, 12, 28),
        ("宁波海曙仁济医疗设备有限公司", 1, 5, 0, 5),
        ("浙江大学医学院附属第一医院", 2, 12, 0, 12),
    ]
    forward = [one for one in found.edges if one.direction == "forward"]
    assert [(one.level, one.kind, one.quantity) for one in forward] == [
        *((1, "sign", 40), (2, "sell_through", 12), (1, "sign", 5)),
    ]


def test_a_balance_changed_behind_the_books_is_found(world):
    with harness.owner() as owner:
        owner.execute("SELECT set_config('app.everyone', 'on', false)")
        owner.execute("UPDATE inventory_balance SET on_hand = 50 WHERE id = %s", [world.balance])
    found = trace(world)
    assert not found.adds_up
    assert [(one.what, one.expected, one.found) for one in found.differences] == [
        *(("sum", 100, 95), ("books", 55, 50)),
    ]


def test_a_move_taken_out_behind_the_books_is_found(world):
    with harness.owner() as owner:
        owner.execute("SELECT set_config('app.everyone', 'on', false)")
        owner.execute("DELETE FROM inventory_move WHERE kind = 'sign' AND quantity = 5")
    assert not trace(world).adds_up


def test_a_serial_is_followed_alone(world):
    [subject] = queries.find_subject("S-1", HOUSE, today=TODAY)
    found = queries.trace(serial_ids=[subject.serial_id], actor=HOUSE, today=TODAY)
    assert (found.came, found.adds_up) == (1, True)
    assert [(one.code, one.quantity) for one in found.totals] == [("received", 1), ("delivered", 1)]


def test_a_dealer_sees_its_own_branch_and_nobody_elses(world):
    found = trace(world, dealer(world, "kangze"))
    assert sums(found) == [
        ("in", "delivered", "", 40),
        ("out", "left", "杭州康泽医疗器械有限公司", 28),
        ("out", "sold_on", "浙江大学医学院附属第一医院", 12),
    ]
    assert (found.adds_up, found.whole) == (True, False)
    text = json.dumps(found.as_json(), ensure_ascii=False)
    for secret in ("仁济", "微创", "HZ仓", "value", "cost"):
        assert secret not in text
    assert {one.kind for one in found.timeline} == {"sign", "sell_through"}


def test_an_agent_sees_the_dealers_below_it_for_the_line(world):
    found = trace(world, dealer(world, "agent"))
    assert [(found.nodes[one.site_id].name, one.left) for one in found.holders] == [
        *(("杭州康泽医疗器械有限公司", 28), ("宁波海曙仁济医疗设备有限公司", 5)),
    ]
    assert found.adds_up


def test_an_agent_sees_nothing_of_a_line_it_has_no_part_in(world):
    balance, lot = flow_world.receive(world, world.channel.reagent, "R77", "10")
    flow_world.deliver(world, balance, "10", world.channel.kangze)
    assert queries.find_subject("R77", dealer(world, "kangze"), today=TODAY)
    agent = dealer(world, "agent")
    assert queries.find_subject("R77", agent, today=TODAY) == []
    with pytest.raises(errors.NotFound):
        queries.trace(lot_ids=[lot], actor=agent, today=TODAY)


def test_a_dealer_to_whom_nothing_came_finds_nothing(world):
    stranger = dealer(world, "renji")
    assert queries.find_subject("S-1", stranger, today=TODAY) == []
    [subject] = queries.find_subject("S-1", HOUSE, today=TODAY)
    with pytest.raises(errors.NotFound):
        queries.trace(serial_ids=[subject.serial_id], actor=stranger, today=TODAY)


def test_nobody_traces_without_the_permission(world):
    with pytest.raises(errors.Forbidden):
        trace(world, partners_world.person("nobody", party_id=world.channel.kangze, permissions=[]))


def test_a_hospital_sees_what_came_to_it(world):
    actor = partners_world.person("hospital", party_id=world.channel.hospital, permissions=[queries.VIEW])
    found = trace(world, actor)
    assert [(one.code, one.quantity) for one in found.totals] == [("delivered", 12), ("left", 12)]
    assert "康泽" not in json.dumps(found.as_json(), ensure_ascii=False)


def test_a_subject_is_found_by_lot_serial_code_identifier_and_scan(world):
    with scope.everything():
        catalog.DeviceIdentifier.objects.create(
            di="06901234567892", carrier="gs1", item_id=world.channel.screw, unit="件"
        )
    screw = [("S1", "A01", "")]
    expected = {
        "A01": screw,
        " A01 ": screw,
        "S-1": [("K1", "K01", "S-1")],
        "S1": screw,
        "06901234567892": screw,
        "]d201069012345678921728063010A01": screw,
        "(01)06901234567892(10)A99": [],
        "nothing": [],
        "": [],
    }
    for text, named in expected.items():
        found = queries.find_subject(text, HOUSE, today=TODAY)
        assert [(one.item_code, one.lot, one.serial) for one in found] == named, text


def test_a_hold_is_told_with_its_reason(world):
    inventory.hold_lot(lot_id=world.lot, reason="召回 R-7", actor=HOUSE, now=NOW)
    [found] = queries.find_subject("A01", HOUSE, today=TODAY)
    assert found.hold
    assert found.hold_reason == "召回 R-7"


def test_a_recall_tells_everybody_who_has_or_had_some(world):
    partners.open_place(
        party_id=world.channel.kangze,
        kind="warehouse",
        name="康泽仓库",
        territory=330100,
        address="滨江区 1 号",
        contact="周岚 0571-1",
        actor=HOUSE,
        now=NOW,
    )
    found = queries.notices(trace(world), HOUSE)
    assert [(one.name, one.left, one.passed_on) for one in found] == [
        ("杭州康泽医疗器械有限公司", 28, 12),
        ("宁波海曙仁济医疗设备有限公司", 5, 0),
        ("浙江大学医学院附属第一医院", 12, 0),
    ]
    assert [place.contact for place in found[0].places] == ["周岚 0571-1"]


def test_who_gave_everything_back_need_not_be_told(world):
    with scope.everything():
        site = inventory.ensure_party_sites([world.channel.renji])[world.channel.renji]
        entity = world.channel.entity
        row = stock.Balance.objects.get(pk=world.balance)
    back = inventory.Posting(
        kind="return",
        item_id=row.item_id,
        lot_id=row.lot_id,
        quantity=Decimal(5),
        entity_id=entity,
        from_site_id=site,
        to=inventory.Place(world.warehouse, None, "returned", "entity", entity),
        value=Decimal("2.50"),
        origin_type="orders.return",
        origin_id="RT1",
    )
    inventory_world.post(back)
    found = trace(world)
    assert found.adds_up
    assert "宁波海曙仁济医疗设备有限公司" not in [one.name for one in queries.notices(found, HOUSE)]


def test_records_are_kept_two_years_beyond_the_last_usable_day(world):
    [screw] = queries.find_subject("A01", HOUSE, today=TODAY)
    assert queries.retain_until(screw, recorded_on=TODAY) == dt.date(2030, 6, 30)


def test_what_is_signed_for_tells_the_days_it_was_shipped(world):
    """康泽 had it in two shipments, 仁济 in one."""
    flow_world.deliver(
        world, world.balance, "3", world.channel.kangze, on=dt.date(2026, 10, 20), shipment="SH2"
    )
    found = trace(world)
    shipped = {
        (words.place(found, one.to_site_id), one.quantity): words.shipped(found, one) for one in found.edges
    }
    assert shipped["杭州康泽医疗器械有限公司", 43] == "2026-10-05 – 2026-10-20"
    assert shipped["宁波海曙仁济医疗设备有限公司", 5] == "2026-10-05"
    assert shipped["浙江大学医学院附属第一医院", 12] == ""
    assert found.adds_up


def test_the_number_of_statements_does_not_grow_with_the_moves(world):
    def statements():
        with partners_world.counting() as captured:
            trace(world)
        return len(captured)

    statements()
    before = statements()
    for _ in range(5):
        flow_world.deliver(world, world.balance, "1", world.channel.kangze)
    assert statements() == before


def test_the_report_holds_the_sums_the_way_and_the_checkpoint(world):
    from qudao.kernel import journal

    journal.advance()
    journal.checkpoint(NOW)
    quality = partners_world.person("quality", permissions=[queries.HOLD], whole=True)
    inventory.hold_lot(lot_id=world.lot, reason="召回 R-7", actor=quality, now=NOW)
    stream = io.BytesIO()
    reports.write(stream, trace(world), actor=HOUSE, today=TODAY)
    rows = list(tabular.read(stream.getvalue(), reports.sheet(), today=TODAY).values())
    sections = {row["section"] for row in rows}
    # One language, that of the reader.
    assert sections == {
        "货物",
        "冻结与召回",
        "收支明细",
        "须告知",
        "去向",
        "来源",
        "在库过程",
        "本报告的日志检查点",
    }
    summed = [row for row in rows if row["section"] == "收支明细"]
    assert sum(row["quantity"] for row in summed) == 0
    came = [(row["what"], row["source"], row["target"]) for row in summed if row["quantity"] > 0]
    assert came == [("供应商来货", "上海微创骨科医疗科技有限公司", None)]
    said = [(row["what"], row["note"]) for row in rows if row["section"] in ("货物", "冻结与召回")]
    [held] = trace(world).subjects
    assert (f"冻结 {held.hold}", "召回 R-7") in said
    assert ("产品编码", "S1") in said
    went = [
        (row["what"], row["target"], row["quantity"], row["shipped_on"], row["first_on"])
        for row in rows
        if row["section"] == "去向" and row["level"] == 1
    ]
    shipped = dt.date(2026, 10, 5)
    assert went == [
        ("已签收", "杭州康泽医疗器械有限公司", 40, "2026-10-05", shipped),
        ("已签收", "宁波海曙仁济医疗设备有限公司", 5, "2026-10-05", shipped),
    ]
    assert sum(row["level"] == 2 for row in rows if row["section"] == "去向") == 1
    told = {
        row["target"]: (row["what"], row["quantity"], row["unit"])
        for row in rows
        if row["section"] == "须告知"
    }
    assert told["杭州康泽医疗器械有限公司"] == ("仍在该处", 28, "件")


def test_a_lot_of_numbered_pieces_lists_each_with_where_it_is(world):
    """One piece came and went to 康泽; the move says which, and by which document."""
    [piece] = queries.find_subject("S-1", HOUSE, today=TODAY)
    found = queries.trace(lot_ids=[piece.lot_id], actor=HOUSE, today=TODAY)
    listed = showing.serials(found)
    assert [(row["serial"], row["place"]) for row in listed.rows] == [
        ("S-1", "杭州康泽医疗器械有限公司"),
        ("S-2", "HZ仓"),
    ]
    moves = showing.latest(found, piece, {found.timeline[0].id: ("SH-1", "/shipments/1/")})
    assert (moves.rows[0]["serial"], moves.rows[0]["document"]) == ("S-1", "SH-1")
    assert {(row["serial"], row["document"]) for row in moves.rows[1:]} == {("S-1", ""), ("S-2", "")}
    assert showing.serials(trace(world)) is None
    own = queries.trace(lot_ids=[piece.lot_id], actor=dealer(world, "kangze"), today=TODAY)
    assert [one.serial for one in own.serials] == ["S-1"]


def test_where_it_came_from_begins_with_the_supplier(world):
    found = trace(world)
    [subject] = queries.find_subject("A01", HOUSE, today=TODAY)
    heads = {
        code: [column.key for column in showing.way(found, code, subject, label).columns][:3]
        for code, label in showing.ways(found)
    }
    assert heads["backward"] == ["source", "what", "target"]
    assert heads["forward"] == ["target", "what", "source"]


def test_the_report_says_in_plain_words_what_is_held_who_has_it_and_how_much_in_all(world, monkeypatch):
    quality = partners_world.person("quality", permissions=[queries.HOLD], whole=True)
    inventory.hold_lot(lot_id=world.lot, reason="召回 R-7", actor=quality, now=NOW)
    printed = {}
    monkeypatch.setattr(documents.pdf, "render", lambda _template, data: printed.update(data) or b"")
    [subject] = queries.find_subject("A01", HOUSE, today=TODAY)
    with scope.everything():
        catalog.DeviceIdentifier.objects.create(
            di="06901234567892", carrier="gs1", item_id=world.channel.screw, unit="件"
        )
    certificate = registering.NewCertificate(
        number="国械注准20253130001",
        registrant="厂家",
        valid_from=dt.date(2025, 1, 1),
        valid_until=dt.date(2030, 1, 1),
        item_ids=(world.channel.screw,),
    )
    registering.register_certificate(certificate=certificate, actor=HOUSE, now=NOW)
    documents.trace_report(trace(world), subject, actor=HOUSE, now=NOW)
    facts = dict(printed["facts"])
    assert (facts["注册证号"], facts["产品标识（DI）"]) == ("国械注准20253130001", "06901234567892")
    assert [row[1:2] + row[3:] for row in printed["notes"]] == [["冻结", "quality", "召回 R-7"]]
    supplier, kangze = "上海微创骨科医疗科技有限公司", "杭州康泽医疗器械有限公司"
    # Received, inspected, shipped, signed for and sold on, each with its day and where it went.
    steps = [row for row in printed["steps"] if row[0] != "冻结"]
    assert [(row[0], row[4], row[6]) for row in steps] == [
        ("收货", "100", "2026-10-01"),
        ("验收", "100", "2026-10-02"),
        ("已发货", "45", "2026-10-05"),
        ("已签收", "40", "2026-10-05"),
        ("流向上报售出", "12", "2026-11-10"),
        ("已签收", "5", "2026-10-05"),
    ]
    assert (steps[0][1], steps[3][2], steps[3][5]) == (supplier, kangze, "2026-10-05")
    assert "<" not in json.dumps(printed["facts"])
    assert printed["held"] == f"已冻结，冻结单 {subject.hold}：召回 R-7"
    assert printed["sums_heads"][1] == "所在"
    assert printed["sums"][-1] == ["合计（件）", "", "", "100", "100"]
    assert [(row[0], row[4]) for row in printed["told"]] == [
        ("杭州康泽医疗器械有限公司", "28"),
        ("　浙江大学医学院附属第一医院", "12"),
        ("宁波海曙仁济医疗设备有限公司", "5"),
        ("合计（件）", "45"),
    ]


def test_the_notes_of_a_hold_stay_after_it_is_lifted_and_are_ours_alone(world):
    may = [queries.HOLD, queries.RELEASE]
    quality = partners_world.person("quality", permissions=may, whole=True)
    placed = inventory.hold_lot(lot_id=world.lot, reason="召回 R-7", actor=quality, now=NOW)
    later = NOW + dt.timedelta(days=3)
    inventory.release_hold(
        hold_id=placed.hold.id,
        to="good",
        reason="复检合格",
        actor=quality,
        now=later,
    )
    number = placed.hold.number
    assert [(one.number, one.what, one.at, one.reason) for one in holds.notes_on(trace(world), HOUSE)] == [
        (number, "hold", NOW, "召回 R-7"),
        (number, "release", later, "复检合格"),
    ]
    kangze = dealer(world, "kangze")
    assert holds.notes_on(trace(world, kangze), kangze) == []


def test_a_hold_is_read_before_it_is_lifted(world):
    may = [queries.HOLD, queries.RELEASE]
    reader = browser(partners_world.person("reads", permissions=may[:1], whole=True).id)
    lifter = partners_world.person("lifts", permissions=may, whole=True)
    quality = browser(lifter.id)
    placed = inventory.hold_lot(lot_id=world.lot, reason="召回 R-7", actor=lifter, now=NOW)
    address = f"/holds/{placed.hold.id}/"
    text = reader.get(address).content.decode()
    for shown in (placed.hold.number, "召回 R-7", "A01", "HZ仓", "合格", "55 件"):
        assert shown in text
    assert "/holds/release/" not in text
    lift = f"/holds/release/?hold={placed.hold.id}"
    panel = quality.get(address, headers={"HX-Request": "true"}).content.decode()
    assert lift in panel
    assert "已冻结 55 件（HZ仓）；冻结原因：召回 R-7" in quality.get(lift).content.decode()
    assert "<html" not in panel
    # What is refused in the panel stays in the panel; what worked leaves it for the page that follows.
    refused = quality.post(lift, {"to": "good", "reason": ""}, headers={"HX-Request": "true"})
    assert refused.status_code == 422
    assert "<html" not in refused.content.decode()
    given = {"to": "good", "reason": "无异常", pages.KEY: "lifted"}
    done = quality.post(lift, given, headers={"HX-Request": "true"})
    assert (done.status_code, done.headers["HX-Redirect"]) == (200, "/holds/")
    text = quality.get(address).content.decode()
    assert "无异常" in text
    assert lift not in text


# --- Command and page ------------------------------------------------------------------------------


def run(capsys, *words):
    import argparse

    parser = argparse.ArgumentParser()
    command.configure(parser)
    code = command.run(parser.parse_args(words))
    return code, capsys.readouterr().out


def test_the_command_prints_the_trace_as_json(world, capsys, monkeypatch):
    monkeypatch.setattr(command.starting, "ready", lambda: None)
    code, out = run(capsys, "A01", "--json")
    found = json.loads(out)
    assert (code, found["adds_up"], found["whole"]) == (0, True, True)
    assert next((one["code"], one["quantity"]) for one in found["totals"]) == ("received", "100.0000")


def test_the_command_prints_the_trace_for_people(world, capsys, monkeypatch):
    monkeypatch.setattr(command.starting, "ready", lambda: None)
    code, out = run(capsys, "A01")
    assert code == 0
    assert "Adds up." in out
    assert "浙江大学医学院附属第一医院" in out


def test_the_command_says_when_there_is_nothing_or_too_much(world, capsys, monkeypatch):
    monkeypatch.setattr(command.starting, "ready", lambda: None)
    with pytest.raises(errors.Refused) as refusal:
        run(capsys, "nothing")
    assert partners_world.codes(refusal) == ["compliance.nothing_found"]
    flow_world.receive(world, world.channel.reagent, "A01", "10")
    with pytest.raises(errors.Refused) as refusal:
        run(capsys, "A01")
    assert refusal.value.reasons[0].params["items"] == "R1, S1"
    code, out = run(capsys, "A01", "--item", "R1", "--json")
    assert (code, json.loads(out)["subjects"][0]["item_code"]) == (0, "R1")


def browser(person) -> Client:
    client = Client()
    client.force_login(
        organisation.Person.objects.get(pk=person),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    return client


def test_the_page_shows_the_sums_the_holders_and_the_way(world):
    person = partners_world.person("quality", permissions=[queries.VIEW], whole=True).id
    page = browser(person).get("/trace/", {"q": "A01"})
    text = page.content.decode()
    assert page.status_code == 200
    for shown in (
        "浙江大学医学院附属第一医院",
        "杭州康泽医疗器械有限公司",
        "上海微创骨科医疗科技有限公司",
        "HZ仓",
    ):
        assert shown in text


def test_whom_a_dealer_sold_to_stands_below_it(world):
    found = trace(world)
    [subject] = queries.find_subject("A01", HOUSE, today=TODAY)
    table = showing.holders(found, subject, [])
    assert [(row["name"], row["left"]) for row in table.rows] == [
        ("杭州康泽医疗器械有限公司", 28),
        ("　浙江大学医学院附属第一医院", 12),
        ("宁波海曙仁济医疗设备有限公司", 5),
    ]


def test_a_dealers_page_hides_what_is_not_its_own(world):
    person = dealer(world, "kangze").id
    text = browser(person).get("/trace/", {"q": "A01"}).content.decode()
    assert "浙江大学医学院附属第一医院" in text
    for secret in ("仁济", "微创", "HZ仓"):
        assert secret not in text


def test_the_page_asks_which_one_and_says_when_there_is_none(world):
    flow_world.receive(world, world.channel.reagent, "A01", "10")
    client = browser(partners_world.person("quality", permissions=[queries.VIEW], whole=True).id)
    both = client.get("/trace/", {"q": "A01"}).content.decode()
    assert both.count("/trace/?q=A01&amp;lot=") == 2
    assert "多个产品使用此号码" in both
    flow_world.receive(world, world.channel.reagent, "A02", "10")
    assert "该产品有多个批号" in client.get("/trace/", {"q": "R1"}).content.decode()
    assert "nothing" in client.get("/trace/", {"q": "nothing"}).content.decode()


def test_the_report_is_downloaded_from_the_page(world):
    client = browser(partners_world.person("quality", permissions=[queries.VIEW], whole=True).id)
    answer = client.get("/trace/report/", {"q": "A01"})
    assert answer.status_code == 200
    assert answer.content.startswith(b"PK")
    name = parse.quote("追溯报告 A01.xlsx")
    assert name in answer.headers["Content-Disposition"]
    assert client.get("/trace/report/", {"q": "A01", "format": "pdf"}).content.startswith(b"%PDF")
    assert client.get("/trace/report/", {"q": "nothing"}).status_code == 404


def test_what_is_left_outside_is_kept_apart_by_entity(world):
    with scope.everything():
        [site] = tracing.sites_of_parties([world.channel.kangze])
        rows = tracing.left_outside(site_ids=[site])
    assert {(row.entity_id, row.lot, row.quantity) for row in rows} == {
        *((world.channel.entity, "A01", 28), (world.channel.entity, "K01", 1)),
    }


def test_the_picture_is_told_in_words_from_the_beginning_and_by_the_place_goods_came_from(world):
    picture = graph.draw(trace(world))
    supplier, ours = picture["series"][0]["links"][0]["source"], "HZ仓"
    told = [(one["source"], one["target"], one["quantity"]) for one in graph.steps(picture)]
    assert told[0] == (supplier, ours, Decimal(100))
    assert [one[0] for one in told if one[0]] == list(dict.fromkeys(one[0] for one in told if one[0]))
    assert sum(one[2] for one in told) == sum(
        Decimal(str(one["value"])) for one in picture["series"][0]["links"]
    )
    assert told[-1][1:] == ("浙江大学医学院附属第一医院", Decimal(12))
