"""The company from its files, and goods from a supplier."""

import hashlib
from decimal import Decimal

from django.utils import translation

from qudao.catalog import queries as catalog
from qudao.inventory import queries as inventory
from qudao.kernel import messages, scope
from qudao.partners import operations as partner_operations
from qudao.partners import queries as partners
from qudao.pricing import files as contract_files
from qudao.shell.company import FILES, credit, goods, house, network, terms
from qudao.shell.tour import stage
from qudao.supply import operations as supply

CONTRACT = "contract-HT-2026-0183.xlsx"
SETUP = scope.system("setup")


def load(on: stage.Stage) -> None:
    """Register's file, partners, contract file, opening stock, scans."""
    on.book.section("The company, loaded from files")
    now = on.at(9, 1)
    _goods_and_partners(on, now)
    _contract(on, now)
    credit.build(on.company, now=now, actor=SETUP)
    _stock(on, now)
    partner_operations.set_life_requirement(
        party_id=on.company.parties["zheer"], days=180, actor=SETUP, now=now
    )
    on.book.say(
        "浙江省第二人民医院 takes goods with at least 180 days of life left; the other partners ask for none."
    )
    _scans(on, now)


def _goods_and_partners(on: stage.Stage, now) -> None:
    house.build(on.company, now=now, actor=SETUP)
    imported = goods.build(on.company, now=now, actor=SETUP)
    network.build(on.company, now=now, actor=SETUP)
    house.staff(on.company, now=now, actor=SETUP)
    on.book.fact("udid.xml", "4 devices in the register's format, 7 device identifiers with their packages")
    on.book.check("devices read from udid.xml, refused", "4, 0", [imported.read, imported.refused])
    rows = catalog.items(on.company.items.values(), on=on.company.today, entity_id=0).values()
    on.book.table(
        ("product", "name", "specification", "certificate class"),
        [(one.code, one.name, one.specification, one.device_class) for one in rows],
    )


def _contract(on: stage.Stage, now) -> None:
    terms.build(on.company, now=now, actor=SETUP, contracts=terms.CONTRACTS[1:])
    content = (FILES / CONTRACT).read_bytes()
    manager, signer = on.person("wangmin", now), on.person("mengyao", now)
    account = partners.get_account(on.company.accounts["kangze.CV"], manager)
    common = {"account": account, "filename": CONTRACT, "actor": manager, "now": now}
    checked = contract_files.check_contract_file(content, **common)
    on.book.fact(CONTRACT, f"{checked.number} {checked.title}; 王敏 takes it in, 孟遥 signs")
    on.book.check("cells refused in the contract's three sheets", 0, len(checked.refusals()))
    on.book.table(
        ("clause", "product", "price with tax"),
        [
            (price.clause, on.item_code(price.item_id), Decimal(price.price).quantize(Decimal("0.01")))
            for price in checked.new_prices
        ],
        right=(2,),
    )
    [rebate] = checked.new_rebates
    tiers = "; ".join(f"from {tier['from']}: {tier['rate']}" for tier in rebate.scale["tiers"])
    on.book.fact("rebate", f"{rebate.name}, on what was signed for, by quarter, on the whole: {tiers}")
    draft = contract_files.import_contract(content, **common)
    digest = hashlib.sha256(content).hexdigest()
    terms.sign(on.company, checked.number, draft.id, digest, now=now, actor=signer)
    on.refused(
        "the same contract file once more",
        lambda: contract_files.import_contract(content, **common),
        shows="pricing.file_taken_in",
    )


def _stock(on: stage.Stage, now) -> None:
    goods.stock(on.company, now=now, actor=SETUP)
    names = {"hz": "杭州仓", "sh": "上海仓"}
    rows = [
        (code, names[site], lot, usable, Decimal(pieces), Decimal(cost), pieces * Decimal(cost))
        for code, site, lot, _, usable, pieces, cost in goods.STOCK
    ]
    serials = len(goods.SERIALS)
    rows.append(
        (
            *("ZJ-3018", "8 杭州仓 4 上海仓", "Z2605", "2028-05-05", Decimal(serials), Decimal("410.00")),
            serials * Decimal("410.00"),
        )
    )
    on.book.table(
        ("product", "warehouse", "lot", "usable until", "pieces", "cost", "value"), rows, right=(4, 5, 6)
    )
    totals = inventory.stock_view(inventory.StockFilter(), actor=SETUP).totals
    on.book.check("opening stock, pieces", 446, totals.on_hand)
    on.book.check("opening stock, value", "207,960.00", totals.value)


def _scans(on: stage.Stage, now) -> None:
    lines = (FILES / "scans.txt").read_bytes().splitlines()
    named = [line.decode().partition("\t") for line in lines]
    on.made["scans"] = {name: code for name, _, code in named if code}
    scans = on.made["scans"]
    found = catalog.resolve_scans(list(scans.values()), today=on.company.today)
    on.book.fact("scans.txt", "codes as scanners send them; GS is shown as ␝")
    for name, code in scans.items():
        on.book.fact(name, code.replace("\x1d", "␝"))
    on.book.table(
        ("scan", "product", "lot", "serial", "usable until", "pieces", "verdict"),
        [
            (
                name,
                on.item_code(one.item_id),
                one.lot or "",
                one.serial or "",
                one.last_usable_on or "",
                one.base_quantity,
                _verdict(one),
            )
            for name, one in zip(scans, found, strict=True)
        ],
        right=(5,),
    )
    by_name = dict(zip(scans, found, strict=True))
    on.book.check("pieces in the scanned case", 10, by_name["case"].base_quantity)
    on.book.check("lot read with Caps Lock on", "B2512", by_name["caps"].lot)


def _verdict(one: catalog.ResolvedScan) -> str:
    with translation.override("en"):
        found = [messages.render(reason).title for reason in one.reasons]
    return "; ".join(found) or "read"


def buy(on: stage.Stage) -> None:
    """Three boxes bought, received by scanning, inspected by somebody else."""
    on.book.section("Goods come in: purchase, receipt, inspection")
    now = on.at(9, 2)
    wanted = supply.PurchaseItem(on.company.items["BQ-2515"], Decimal(3), "盒", Decimal("10170.00"))
    purchase = supply.place_purchase(
        request=supply.PurchaseRequest(
            entity_id=on.company.entities["qd"],
            supplier_id=on.company.parties["chengxi"],
            site_id=on.company.sites["hz"],
            lines=(wanted,),
        ),
        actor=on.person("xulei", now),
        now=now,
    )
    on.book.fact(purchase.number, "徐磊 orders 3 boxes of 10 BQ-2515 at 10,170.00 from 苏州澄溪")
    on.book.sum("3 × 10,170.00 = 30,510.00;  " + stage.net_of("30510.00"))
    on.book.check("the purchase, with tax", "30,510.00", purchase.gross)
    now = on.at(9, 4)
    receipt = supply.receive_goods(
        purchase_id=purchase.id,
        delivery_note="CX20260904-07",
        lines=[supply.ReceiptLine(purchase_line_no=1, quantity=Decimal(3), scan=on.made["scans"]["case"])],
        actor=on.person("lijun", now),
        now=now,
    )
    [line] = receipt.lines
    on.book.fact(receipt.number, "李军 scans the box's label three times: lot B2512, 30 pieces, 待验")
    on.book.check("received: pieces, cost without tax", "30, 27,000.00", [line.quantity, line.value])
    _inspect(on, receipt)


def _inspect(on: stage.Stage, receipt) -> None:
    now = on.at(9, 4, 14)
    judged = supply.inspect(
        receipt_id=receipt.id,
        verdicts=[supply.Verdict(1, Decimal(29), Decimal(1), "外盒破损")],
        actor=on.person("zhaoqing", now),
        now=now,
    )
    [line] = judged.lines
    on.book.fact("inspection", "赵青 accepts 29 and rejects 1 (外盒破损): 合格 29, 不合格 1")
    on.book.sum("29 + 1 = 30")
    on.book.check("inspected: accepted, rejected", "29, 1", [line.accepted, line.rejected])
    on.made["receipt"] = judged
