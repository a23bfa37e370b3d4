"""Guide prices as a workbook: what holds taken out, changed, checked cell by cell, and taken in whole or not at all."""

import datetime as dt
import io
import re
from decimal import Decimal

import pytest
import python_calamine
import xlsxwriter
from django.contrib import auth
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from qudao.kernel import errors, scope
from qudao.organisation import queries as organisation
from qudao.partners import queries as partners
from qudao.pricing import files, models, queries
from qudao.ui import pages
from tests import harness
from tests.operations import pricing_world as world

TODAY = world.TODAY
SOON = TODAY + dt.timedelta(days=10)
HEAD = ["产品编码", "产品名称", "计价单位", "指导价", "含税", "起订量"]


def workbook(*rows) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        page = book.add_worksheet("指导价")
        for number, row in enumerate([HEAD, *rows]):
            page.write_row(number, 0, row)
    return stream.getvalue()


def wanted(company, **more) -> files.PriceList:
    return files.PriceList(
        **{"entity_id": company.entities["qd"], "valid_from": SOON, "citation": "新价目表"} | more
    )


def check(company, content, **more):
    return files.check_price_file(content, wanted=wanted(company, **more), actor=world.HOUSE, now=harness.NOW)


def take_in(company, content, **more):
    return files.import_prices(content, wanted=wanted(company, **more), actor=world.HOUSE, now=harness.NOW)


def listed(company, on) -> dict[str, tuple[Decimal, str]]:
    only = queries.PriceFilter(kind="guide", entity_id=company.entities["qd"])
    found = queries.find_prices(only, on=on, actor=world.HOUSE).rows
    return {row.item_code: (row.price, row.citation) for row in found}


def said(checked) -> list[tuple[int, str, str]]:
    """(row, column, code) of every refusal; "" for the row."""
    return [
        *((row.number, "", one.code) for row in checked.result.rows for one in row.row_reasons),
        *(
            (row.number, name, one.code)
            for row in checked.result.rows
            for name, cell in row.cells.items()
            for one in cell.reasons
        ),
    ]


def test_what_holds_is_taken_out_changed_and_taken_in_from_a_later_day(company):
    before = listed(company, TODAY)
    stream = io.BytesIO()
    files.write_price_workbook(
        stream, kind="guide", entity_id=company.entities["qd"], on=TODAY, actor=world.HOUSE
    )
    head, *rows = (
        python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(stream.getvalue()))
        .get_sheet_by_index(0)
        .to_python()
    )
    assert head == HEAD
    assert {row[0]: Decimal(str(row[3])) for row in rows} == {
        code: price for code, (price, _) in before.items()
    }
    changed = [[*row[:3], float(row[3]) + 10, *row[4:]] for row in rows]
    content = workbook(*changed)
    checked = check(company, content)
    assert (checked.ok, len(checked.prices), said(checked)) == (True, len(before), [])
    assert listed(company, SOON) == before
    assert take_in(company, content) == len(before)
    assert listed(company, SOON - dt.timedelta(days=1)) == before
    assert listed(company, SOON) == {code: (price + 10, "新价目表") for code, (price, _) in before.items()}


def test_every_cell_that_is_wrong_is_named_and_nothing_is_set(company):
    rows = models.PriceRow.objects.count()
    content = workbook(
        ["BQ-2515", "", "", 2300, "是", ""],
        ["NO-SUCH", "", "", 10, "", ""],
        ["DS-035", "", "", "很贵", "", ""],
        ["CTNI-100", "", "", 1600, "", ""],
        ["CTNI-100", "", "", 1700, "", ""],
    )
    checked = check(company, content)
    found = said(checked)
    assert (3, "code", "pricing.item_unknown") in found
    assert [(row, column) for row, column, _ in found if row == 4] == [(4, "price")]
    assert (6, "", "pricing.price_repeated") in found
    assert not checked.ok
    with pytest.raises(errors.Refused):
        take_in(company, content)
    assert models.PriceRow.objects.count() == rows


def test_prices_that_hold_are_not_set_over_unless_that_is_said(company):
    content = workbook(["BQ-2515", "", "", 2300, "是", ""])
    checked = check(company, content, replace=False)
    assert said(checked) == [(2, "", "pricing.price_overlap")]
    with pytest.raises(errors.Refused) as caught:
        take_in(company, content, replace=False)
    assert [reason.code for reason in caught.value.reasons] == ["pricing.price_overlap"]
    assert take_in(company, content) == 1
    # The same file once more meets its own prices.
    with pytest.raises(errors.Refused):
        take_in(company, content)


def test_who_may_not_change_prices_sets_none(company):
    dealer = world.person(company, "kangze")
    with pytest.raises(errors.Forbidden):
        files.import_prices(
            workbook(["BQ-2515", "", "", 1, "", ""]), wanted=wanted(company), actor=dealer, now=harness.NOW
        )


def test_the_page_checks_first_and_sets_what_was_checked_once(company, now):
    client = Client()
    client.force_login(
        auth.get_user_model().objects.get(pk=company.people["wangmin"]),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    day = TODAY + dt.timedelta(days=400)
    typed = {
        "entity_id": company.entities["qd"],
        "valid_from": str(day),
        "last_day": "",
        "citation": "明年",
        "replace": "on",
    }

    def send(*rows):
        file = SimpleUploadedFile("价目表.xlsx", workbook(*rows))
        return client.post("/prices/guide/", {**typed, "file": file})

    refused = send(["NO-SUCH", "", "", 1, "", ""])
    assert refused.status_code == 422
    assert "NO-SUCH" in refused.content.decode()
    assert client.post("/prices/guide/", typed).status_code == 422
    looked = send(["BQ-2515", "", "", 2345, "是", ""])
    assert looked.status_code == 200
    # The price that ends is named beside the one that follows; none is where none is to end.
    told = looked.content.decode()
    assert f"{day} 新价开始时到期的旧价" in told and "2,200" in told and "2,345" in told
    kept = client.post(
        "/prices/guide/",
        {
            **typed,
            "replace": "",
            "file": SimpleUploadedFile("a.xlsx", workbook(["ZJ-9999", "", "", 1, "", ""])),
        },
    )
    assert "新价开始时到期的旧价" not in kept.content.decode()
    [token] = re.findall(r'name="token" value="([^"]+)"', told)
    form = {"token": token, pages.KEY: "4f0f6a3e-6f1c-4b39-9a0e-6f0f0f6b7d11"}
    for _ in range(2):
        taken = client.post("/prices/guide/", form)
        assert taken.status_code == 302
        assert taken.url == f"/prices/?kind=guide&entity={company.entities['qd']}&when=coming"
    assert listed(company, day)["BQ-2515"] == (Decimal("2345.0000"), "明年")
    assert listed(company, TODAY)["BQ-2515"] == (Decimal("2200.0000"), "2026 价目表")


# --- hospitals and floors --------------------------------------------------------------------------


def sheet_of(name, head, *rows) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        page = book.add_worksheet(name)
        for number, row in enumerate([head, *rows]):
            page.write_row(number, 0, row)
    return stream.getvalue()


def for_hospitals(*rows) -> bytes:
    return sheet_of("报备价", ["医院", "产品编码", "报备价", "含税"], *rows)


def floors_sheet(*rows) -> bytes:
    return sheet_of("底价", ["产品编码", "底价(不含税)"], *rows)


def hospital(company) -> tuple[int, str]:
    """The one the small company delivers to."""
    party_id = company.parties["zheer"]
    return party_id, partners.party_names([party_id], world.HOUSE)[party_id]


def taken_out(company, kind, on) -> list[list]:
    stream = io.BytesIO()
    files.write_price_workbook(stream, kind=kind, entity_id=company.entities["qd"], on=on, actor=world.HOUSE)
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(stream.getvalue()))
    return book.get_sheet_by_index(0).to_python()


def test_prices_of_hospitals_are_taken_in_and_out_with_the_hospital_in_each_row(company):
    party_id, name = hospital(company)
    content = for_hospitals([name, "BQ-2515", 2050, "是"], [name, "DS-035", 90.5, "否"])
    assert take_in(company, content, kind="hospital", citation="报备") == 2
    found = models.PriceRow.objects.filter(kind="hospital", valid_from=SOON).order_by("pk")
    assert [(one.hospital_id, one.account_id, one.price, one.tax_included) for one in found] == [
        (party_id, 0, Decimal("2050.0000"), True),
        (party_id, 0, Decimal("90.5000"), False),
    ]
    head, *rows = taken_out(company, "hospital", SOON)
    assert head[:2] == ["医院", "产品编码"]
    assert [(row[0], row[1], Decimal(str(row[4]))) for row in rows] == [
        (name, "BQ-2515", Decimal(2050)),
        (name, "DS-035", Decimal("90.5")),
    ]


def test_every_hospital_and_price_that_is_wrong_is_named_at_its_row_and_nothing_is_set(company):
    before = models.PriceRow.objects.count()
    _, name = hospital(company)
    content = for_hospitals(
        [name, "BQ-2515", 2050, "是"],
        ["没有这家医院", "BQ-2515", 2050, "是"],
        [name, "BQ-2515", 2060, "是"],
        [name, "NO-SUCH", 1, "是"],
    )
    checked = check(company, content, kind="hospital")
    assert not checked.ok
    assert set(said(checked)) == {
        (3, "hospital", "pricing.hospital_unknown"),
        (4, "", "pricing.price_repeated"),
        (5, "code", "pricing.item_unknown"),
    }
    with pytest.raises(errors.Refused):
        take_in(company, content, kind="hospital")
    assert models.PriceRow.objects.count() == before


def test_awards_are_taken_in_and_out_for_everybody_a_region_or_a_hospital(company):
    party_id, name = hospital(company)
    [east] = [one.name for one in organisation.list_regions() if one.id == company.regions["east"]]

    def awards(*rows):
        return sheet_of("集采价", ["产品编码", "集采价", "区域", "医院"], *rows)

    rows = models.PriceRow.objects.filter(kind="vbp", valid_from=SOON).order_by("pk")
    wrong = awards(
        ["BQ-2515", 900, "没有这个区", ""], ["BQ-2515", 900, "", "没有这家医院"], ["BQ-2515", 900, east, ""]
    )
    checked = check(company, wrong, kind="vbp")
    assert set(said(checked)) == {
        (2, "region", "pricing.region_unknown"),
        (3, "hospital", "pricing.hospital_unknown"),
    }
    with pytest.raises(errors.Refused):
        take_in(company, wrong, kind="vbp")
    assert not rows.exists()
    good = awards(["BQ-2515", 900, east, ""], ["DS-035", 60, "", ""], ["DS-035", 58, "", name])
    assert take_in(company, good, kind="vbp", citation="国采第九批") == 3
    assert {(one.price, one.region_id, one.hospital_id, one.citation) for one in rows} == {
        (Decimal("900.0000"), company.regions["east"], 0, "国采第九批"),
        (Decimal("60.0000"), 0, 0, "国采第九批"),
        (Decimal("58.0000"), 0, party_id, "国采第九批"),
    }
    found = {(row[0], Decimal(str(row[3])), row[6], row[7]) for row in taken_out(company, "vbp", SOON)[1:]}
    assert found == {
        ("BQ-2515", Decimal(900), east, ""),
        ("DS-035", Decimal(60), "", ""),
        ("DS-035", Decimal(58), "", name),
        # The award of the small company holds on.
        ("ZJ-3018", Decimal(798), "", ""),
    }


def test_floors_are_taken_in_and_out(company):
    assert take_in(company, floors_sheet(["BQ-2515", 1500], ["DS-035", 70]), kind="floor") == 2
    found = {row[0]: Decimal(str(row[3])) for row in taken_out(company, "floor", SOON)[1:]}
    assert (found["BQ-2515"], found["DS-035"]) == (Decimal(1500), Decimal(70))
    again = check(company, floors_sheet(["BQ-2515", 1400]), kind="floor", replace=False)
    # A floor set over another ends it; which, and what follows, is told before it is set.
    later = {"kind": "floor", "valid_from": SOON + dt.timedelta(days=1)}
    checked = check(company, floors_sheet(["BQ-2515", 1400]), **later)
    ending = files.prices_ended(checked.prices, wanted=wanted(company, **later), actor=world.HOUSE)
    assert [(row.item_code, row.price, new) for row, new in ending] == [
        ("BQ-2515", Decimal(1500), Decimal(1400))
    ]
    spared = wanted(company, replace=False, **later)
    assert files.prices_ended(checked.prices, wanted=spared, actor=world.HOUSE) == []
    assert said(again) == [(2, "", "pricing.price_overlap")]


@pytest.mark.parametrize(
    ("kind", "address", "content", "leads"),
    [
        ("hospital", "/prices/hospital/", None, "/prices/?kind=hospital&"),
        (
            "vbp",
            "/prices/procurement/",
            sheet_of("集采价", ["产品编码", "集采价"], ["BQ-2515", 900]),
            "/prices/?kind=vbp&",
        ),
        ("floor", "/prices/floors/upload/", floors_sheet(["BQ-2515", 1500]), "/prices/floors/?"),
    ],
)
def test_the_other_lists_are_checked_first_and_set_once(company, kind, address, content, leads):
    client = Client()
    client.force_login(
        auth.get_user_model().objects.get(pk=company.people["wangmin"]),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    content = content or for_hospitals([hospital(company)[1], "BQ-2515", 2050, "是"])
    typed = {
        "entity_id": company.entities["qd"],
        "valid_from": str(TODAY + dt.timedelta(days=400)),
        "citation": "明年",
        "replace": "on",
        "file": SimpleUploadedFile("价.xlsx", content),
    }
    looked = client.post(address, typed)
    assert looked.status_code == 200
    [token] = re.findall(r'name="token" value="([^"]+)"', looked.content.decode())
    form = {"token": token, pages.KEY: f"5f0f6a3e-6f1c-4b39-9a0e-6f0f0f6b7d1{len(kind)}"}
    rows = models.FloorPrice if kind == "floor" else models.PriceRow

    def there() -> int:
        with scope.everything():
            return rows.objects.count()

    before = there()
    assert client.post("/prices/guide/", form).status_code == 404, "what was checked as one list is no other"
    for _ in range(2):
        taken = client.post(address, form)
        assert (taken.status_code, taken.url) == (302, f"{leads}entity={company.entities['qd']}&when=coming")
    assert there() == before + 1


# --- Factors ---------------------------------------------------------------------------------------


def test_a_factor_is_set_on_its_page_once_and_ends_the_one_before(company):
    client = Client(headers={"Accept-Language": "zh-hans"})
    client.force_login(
        auth.get_user_model().objects.get(pk=company.people["wangmin"]),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )

    def held() -> list[tuple]:
        with scope.everything():
            rows = models.TierFactor.objects.filter(tier="B", region_id=0, line_id=0).order_by("valid_from")
            return [(one.factor, one.valid_from, one.valid_until) for one in rows]

    [(before, begins, until)] = held()
    assert until is None
    address = "/prices/factors/new/"
    assert address in client.get("/prices/factors/").content.decode()
    form = {"entity_id": company.entities["qd"], "tier": "B", "valid_from": str(SOON), "last_day": ""}
    kept = client.post(address, form | {"factor": "0.85", pages.KEY: "a"})
    assert kept.status_code == 422 and "该时段已有系数" in kept.content.decode()
    high = client.post(address, form | {"factor": "1.2", "replace": "on", pages.KEY: "b"})
    assert high.status_code == 422 and "0.88" in high.content.decode()
    assert held() == [(before, begins, None)]
    for _ in range(2):
        done = client.post(address, form | {"factor": "0.85", "replace": "on", pages.KEY: "c"})
        assert done.url == f"/prices/factors/?entity={company.entities['qd']}&when=coming"
    assert held() == [(before, begins, SOON), (Decimal("0.850000"), SOON, None)]
