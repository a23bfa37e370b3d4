"""What the dashboard and sell-through need besides a company that trades: targets, files, orders that wait.

Kept in one place, so that the same pages can be looked at over another company.
"""

import datetime as dt
from decimal import Decimal

from qudao.flow import operations as flow
from qudao.insights import operations as insights
from qudao.shell.company import Company
from tests.browser import trading

YEAR = {"valid_from": dt.date(2026, 1, 1), "valid_until": dt.date(2027, 1, 1)}
MONTH = {"valid_from": dt.date(2026, 11, 1), "valid_until": dt.date(2026, 12, 1)}
HEADER = "销售日期,客户名称,城市,产品编码,批号,数量,单位,单价,单据号"
# One line that counts, two nobody understands, one out of the dealer's territory, one of more than it was delivered.
LINES = (
    "2026-11-20,浙江省第二人民医院,杭州,DS-035,{lot},4,根,180,XS-1101",
    "2026-11-20,浙二医,杭州,DS-035,{lot},2,根,180,XS-1102",
    "2026-11-21,浙二医,杭州,DS-035,{lot},1,根,180,XS-1103",
    "2026-11-21,浙江省第二人民医院,杭州,DS-035,{lot},900,根,180,XS-1104",
)


def build(company: Company, trade: trading.Trade) -> None:
    """Targets of the year, a draft nobody can fill, and Kangze's sell-through of November."""
    common = {"actor": trading.SYSTEM, "now": trading.NOW}
    account = company.accounts["kangze.CV"]
    insights.set_target(kpi="sales", account_id=account, target=Decimal("73000"), **YEAR, **common)
    insights.set_target(kpi="on_time", target=Decimal("0.95"), baseline=Decimal("0.90"), **YEAR, **common)
    insights.set_target(kpi="sales", target=Decimal("3000000"), baseline=Decimal("30000"), **MONTH, **common)
    trading.draft(company, ("ZJ-3018", "900"))
    flow.take_in_file(
        account_id=account,
        month=dt.date(2026, 11, 1),
        stream=file_of(trade),
        name="康泽 11 月流向.csv",
        **common,
    )
    trading.number()


def file_of(trade: trading.Trade, lines=LINES) -> bytes:
    """The dealer's file over the lot of wires it signed for."""
    lot = next(line.lot_code for line in trade.signed.lines if "导丝" in line.item_name)
    return "\n".join([HEADER, *(line.format(lot=lot) for line in lines)]).encode()
