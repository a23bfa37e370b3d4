"""Photographs every page as the people who use it, wide and narrow, light and dark: `make shot`.

The pictures and an `index.html` over them go to var/shots. The company is a clone of the tests' template that
has been trading; the clone is dropped afterwards. Words after the command pick the pages whose name holds one.
"""

import dataclasses
import html
import sys
from collections.abc import Iterator

from tests import conftest  # noqa: F401  (settings of the tests, before anything of Django)

# isort: split
from django.utils import timezone

from qudao.kernel import scope
from qudao.pricing import queries as pricing
from qudao.shell import middleware
from qudao.shell.company import Company
from tests import harness
from tests.browser import figures_world, money, serving, trading, watching

TARGET = serving.ROOT / "var" / "shots"
SHAPES = ((1440, 900, "light"), (1440, 900, "dark"), (360, 740, "light"), (360, 740, "dark"))


@dataclasses.dataclass(frozen=True)
class Shot:
    """`name` of the picture, whom it shows, the address, and the language."""

    name: str
    username: str | None
    address: str
    language: str = "zh-hans"
    fill: str = ""


def priced(company: Company) -> dict[str, tuple[str, str]]:
    """The pages of contracts, prices and promotions."""
    kangze, guide = company.contracts["HT-2026-0183"], company.items["BQ-2515"]
    with scope.transaction(trading.SYSTEM):
        contract = pricing.get_contract_version(kangze, trading.SYSTEM).contract_id
    explain = f"/prices/explain/?account={company.accounts['kangze.CV']}&item={guide}&quantity=20"
    return {
        "contracts": ("wangmin kangze lianyou", "/contracts/"),
        "contract": ("wangmin kangze lianyou", f"/contracts/{contract}/"),
        "contract-sign": ("mengyao", f"/contracts/versions/{kangze}/sign/"),
        "contract-new": ("wangmin", "/contracts/new/?q=康泽"),
        "contract-file": ("wangmin", f"/contracts/new/?account={company.accounts['kangze.CV']}"),
        "prices": ("wangmin kangze", "/prices/"),
        "price-explain": ("wangmin kangze", explain),
        "floors": ("wangmin", "/prices/floors/"),
        "factors": ("wangmin", "/prices/factors/"),
        "promotions": ("wangmin kangze", "/promotions/"),
        "promotion": ("wangmin kangze", "/promotions/1/"),
        "promotion-new": ("wangmin", "/promotions/new/"),
    }


def pages(company: Company, trade: trading.Trade) -> Iterator[Shot]:
    """Every page with a sample, once for each of the people who use it differently."""
    party = company.parties
    addresses = {
        "home": ("zhoulan lijun chenxi kangze lianyou hospital mengyao admin", "/todos/"),
        "orders": ("zhoulan kangze lianyou", "/orders/"),
        "order": ("zhoulan kangze", f"/orders/{trade.done.id}/"),
        "order-confirmed": ("zhoulan hospital", f"/orders/{trade.confirmed.id}/"),
        "order-draft": ("zhoulan", f"/orders/{trade.draft.id}/"),
        "order-held": ("zhoulan", f"/orders/{trade.held.id}/"),
        "my-page": ("kangze lianyou hospital", "/my/"),
        "my-catalogue": ("kangze hospital", "/my/catalogue/"),
        "my-deliveries": ("kangze hospital", "/my/deliveries/"),
        "my-dealers": ("lianyou", "/my/dealers/"),
        "desk-partner": ("zhoulan", "/orders/new/?q=浙"),
        "desk-empty": ("zhoulan kangze", f"/orders/new/?party={party['kangze']}"),
        "upload": ("kangze", "/orders/upload/"),
        "warehouse": ("lijun zhaoqing", "/warehouse/"),
        "shipments": ("lijun kangze", "/shipments/"),
        "shipment": ("lijun", f"/shipments/{trade.to_pick.id}/"),
        "shipment-ship": ("lijun", f"/shipments/{trade.reviewed.id}/"),
        "shipment-pick": ("lijun", f"/shipments/{trade.to_pick.id}/scan/"),
        "shipment-review": ("chenxi", f"/shipments/{trade.picked.id}/scan/"),
        "shipment-sign": ("kangze", f"/shipments/{trade.shipped.id}/sign/"),
        "returns": ("zhaoqing", "/returns/"),
        "purchases": ("xulei lijun", "/purchases/"),
        "purchase": ("xulei", f"/purchases/{trade.purchase.id}/"),
        "purchase-new": ("xulei", "/purchases/new/"),
        "purchase-receive": ("lijun", f"/purchases/{trade.purchase.id}/receive/"),
        "goods-receipts": ("zhaoqing", "/goods-receipts/"),
        "goods-receipt": ("zhaoqing", f"/goods-receipts/{trade.receipt.id}/"),
        "stock": ("lijun xulei", "/stock/"),
        "stock-lots": ("zhaoqing", "/stock/?by=lot&within=180"),
        "stock-count": ("lijun", "/stock/count/"),
        "stock-inspect": ("zhaoqing", "/stock/inspect/"),
        "stock-holds": ("zhaoqing", "/stock/holds/"),
        "lot": ("zhaoqing", f"/stock/lots/{trade.signed.lines[0].lot_id}/"),
        "transfers": ("lijun", "/transfers/"),
        "transfer-new": ("lijun", "/transfers/new/"),
        "transfer": ("lijun", f"/transfers/{trade.transfer.id}/"),
        "shipment-signed": ("zhoulan", f"/shipments/{trade.signed.id}/"),
        "partners": ("wangmin kangze", "/partners/"),
        "partner": ("wangmin sunli kangze lianyou", f"/partners/{party['kangze']}/"),
        "partner-trade": ("sunli kangze", f"/partners/{party['kangze']}/?tab=trade"),
        "partner-licences": ("zhaoqing", f"/partners/{party['renji']}/?tab=licences"),
        "partner-territory": ("wangmin", f"/partners/{party['lianyou']}/?tab=authorisations"),
        "partner-accounts": ("wangmin", f"/partners/{party['kangze']}/?tab=accounts"),
        "partner-change-licence": ("zhaoqing", f"/partners/{party['renji']}/change/?step=licence"),
        "partner-change-grant": ("wangmin", f"/partners/{party['kangze']}/change/?step=grant"),
        "partner-new": ("wangmin", "/partners/new/"),
        "hospital": ("wangmin", f"/partners/{party['zheer']}/"),
        **priced(company),
        "dashboard": ("mengyao wangmin kangze", "/dashboard/?period=twelve"),
        "dashboard-rows": ("mengyao", "/dashboard/rows/?kpi=sales"),
        "dashboard-risk": ("xulei", "/dashboard/rows/?kpi=stock_out"),
        "targets": ("wangmin", "/dashboard/targets/"),
        "flow": ("wangmin kangze", "/flow/"),
        "flow-upload": ("kangze", "/flow/upload/"),
        "flow-matching": ("wangmin", "/flow/matching/"),
        "flow-appeals": ("wangmin", "/flow/appeals/"),
        "flow-punctuality": ("wangmin", "/flow/punctuality/"),
        "hospital-places": ("wangmin", f"/partners/{party['zheer']}/?tab=places"),
        "licences": ("zhaoqing", "/licences/"),
        "authorisations": ("wangmin", "/authorisations/"),
        "trace": ("zhaoqing hospital", f"/trace/?q={trade.signed.lines[0].lot_code}"),
        "trace-empty": ("zhaoqing", "/trace/"),
        "trace-hold": ("zhaoqing", f"/trace/hold/?lot={trade.signed.lines[0].lot_id}"),
        "holds": ("zhaoqing", "/holds/?state=all"),
        "journal": ("auditor", "/journal/"),
        "journal-entry": ("auditor", "/journal/40/"),
        "journal-export": ("auditor", "/journal/export/"),
        "journal-checkpoint": ("auditor", "/journal/checkpoint/"),
        "people": ("admin kangze", "/people/"),
        "people-person": ("admin", f"/people/person/?person={company.people['zhoulan']}"),
        "people-grant": ("admin", f"/people/grant/?person={company.people['zhoulan']}"),
        "people-roles": ("admin", "/people/roles/"),
        "account": ("zhoulan", "/account/"),
        "password": ("zhoulan", "/account/password/"),
        "search": ("zhoulan", "/search/?q=kangze"),
        "not-found": ("zhoulan", "/orders/00000000-0000-0000-0000-000000000000/"),
    }
    owed = money.found(company)
    addresses |= {
        "money-statements": ("sunli kangze", "/statements/"),
        "money-statement": ("sunli kangze", f"/statements/{owed.statement.id}/"),
        "money-statement-sales": ("kangze", f"/statements/{owed.statement.id}/?section=sales"),
        "money-rebates": ("sunli kangze", "/rebates/"),
        "money-rebate": ("qianfang kangze", f"/rebates/{owed.run.id}/"),
        "money-pools": ("qianfang", "/pools/"),
        "money-pool": ("qianfang kangze", f"/pools/{owed.debtor}/"),
        "money-invoices": ("sunli kangze", "/invoices/"),
        "money-invoice": ("sunli kangze", f"/invoices/{owed.invoice.id}/"),
        "money-receipts": ("qianfang", "/receipts/"),
        "money-receipt": ("qianfang", f"/receipts/{owed.receipt.id}/"),
        "money-receipt-new": ("qianfang", f"/debtors/{owed.debtor}/receipts/new/"),
        "money-receivables": ("qianfang kangze", "/receivables/"),
        "money-debtor": ("qianfang kangze", f"/debtors/{owed.debtor}/"),
    }
    yield Shot("sign-in", None, "/sign-in/")
    for name, (usernames, address) in addresses.items():
        for username in usernames.split():
            yield Shot(f"{name}.{username}", username, address)


def shots(company: Company, trade: trading.Trade) -> Iterator[Shot]:
    """The pages in Chinese, each once in English too, and the desk at work."""
    named = set()
    for shot in pages(company, trade):
        yield shot
        page, _, _ = shot.name.partition(".")
        if page not in named:
            yield dataclasses.replace(shot, name=f"{shot.name}.en", language="en")
        named.add(page)
    desk = f"/orders/new/?party={company.parties['kangze']}"
    lines = "BQ-2515\t20\nZJ-3018\t9\nDS-035\t150"
    yield Shot("desk.zhoulan", "zhoulan", desk, fill=f"{lines}\nCTNI-100\t3")
    yield Shot("desk.zhoulan.en", "zhoulan", desk, "en", fill=lines)


def take(browser, address: str, company: Company, shot: Shot) -> list[tuple[str, list[str]]]:
    """The pictures of one page with what is too wide on each."""
    person = trading.user(company, shot.username) if shot.username else None
    found = []
    shapes = SHAPES if shot.language != "en" else SHAPES[:1] + SHAPES[2:3]
    for width, height, theme in shapes:
        context = serving.context(browser, address, person, width=width, height=height, theme=theme)
        context.add_cookies([{"name": middleware.LANGUAGE_COOKIE, "value": shot.language, "url": address}])
        page = context.new_page()
        page.goto(shot.address)
        page.wait_for_load_state("networkidle")
        if shot.fill:
            page.locator("#desk-add").fill(shot.fill)
            with page.expect_response("**/quote/"):
                page.locator("#desk-add").press("Enter")
            page.wait_for_timeout(200)
        wide = watching.too_wide(page)
        # The main part scrolls by itself: let it be as tall as its content.
        tall = page.evaluate("() => (document.querySelector('main') || document.body).scrollHeight + 60")
        page.set_viewport_size({"width": width, "height": min(max(height, tall), 4000)})
        name = f"{shot.name}.{width}.{theme}.png"
        page.screenshot(path=TARGET / name)
        context.close()
        found.append((name, wide))
    return found


def index(taken: list[tuple[str, list[str]]]) -> str:
    """One page over all pictures; what scrolls sideways is marked."""
    figures = "\n".join(
        f'<figure><a href="{name}"><img src="{name}" loading="lazy"></a><figcaption>{name}'
        f"{' <b>' + html.escape('; '.join(wide)) + '</b>' if wide else ''}</figcaption></figure>"
        for name, wide in taken
    )
    return f"""<!doctype html><meta charset="utf-8"><title>Qudao: every page</title>
<style>body {{ font: 13px sans-serif; display: flex; flex-wrap: wrap; gap: 12px }} figure {{ margin: 0 }}
img {{ width: 420px; border: 1px solid #ccc }} b {{ color: #b00 }}</style>
{figures}
"""


def main(wanted: list[str]) -> int:
    reason = serving.missing()
    if reason:
        print(f"· {reason}")
        return 1
    TARGET.mkdir(parents=True, exist_ok=True)
    middleware.timezone = trading.Clock
    company = harness.company()
    taken = []
    try:
        trade = trading.trade(company)
        figures_world.build(company, trade)
        with serving.served() as address, serving.launched() as browser:
            for shot in shots(company, trade):
                if not wanted or any(word in shot.name for word in wanted):
                    print(f"· {shot.name}", flush=True)
                    taken += take(browser, address, company, shot)
    finally:
        middleware.timezone = timezone
        harness.drop()
    (TARGET / "index.html").write_text(index(taken))
    print(f"{len(taken)} pictures: {TARGET}/index.html")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
