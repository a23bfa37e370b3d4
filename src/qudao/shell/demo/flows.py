"""Sell-through files (流向) as dealers send them: by their own names and columns, some with a flaw."""

import datetime as dt
import random
import re

from qudao.flow import operations as flow
from qudao.kernel import periods
from qudao.shell.demo import families, names, network

# Of a hundred files due, how many never come.
MISSING = 7
_HEADERS = (
    "销售日期,客户名称,城市,产品编码,批号,序列号,数量,单位,出库单号",
    "出库日期,购货单位,所在城市,商品编码,生产批号,序列号,数量,单位,单据编号",
    "开票日期,医院名称,地市,货号,产品批号,序列号,数量,单位,单号",
)


def report(lane, month: dt.date, now: dt.datetime) -> None:
    """The files of one month, one of every account of the entity's dealers, as they come in; some never come."""
    coming = [(_sent(lane, file_name(one, line, month), now), one, line) for one, line in accounts(lane)]
    for sent, one, line in sorted(coming, key=lambda file: file[0]):
        chance = random.Random(f"{lane.demo.seed} files {one.key} {line} {month}")
        told = one.key in ("kangze", lane.demo.diverted)
        rows = _rows(lane, one, line, month)
        if not rows or (not told and chance.random() * 100 < MISSING):
            continue
        name = file_name(one, line, month)
        header = _HEADERS[int(one.code[1:] or 0) % 3 if one.code else 0]
        result = flow.take_in_file(
            account_id=lane.demo.company.accounts[f"{one.key}.{line}"],
            month=month,
            stream="\n".join([header, *rows]).encode(),
            name=name,
            actor=lane.cast.of(one.key),
            now=sent,
        )
        lane.report.counts["sell-through files"] += 1
        lane.report.counts["sell-through rows"] += len(rows)
        lane.report.found["flow"].append((one.key, result.number, dict(result.states)))


def _sent(lane, name: str, latest: dt.datetime) -> dt.datetime:
    """Within the three days up to the latest, in the hours of an office."""
    chance = random.Random(f"{lane.demo.seed} sent {name}")
    return latest - dt.timedelta(days=chance.randint(0, 2), minutes=chance.randint(0, 360))


def file_name(one: network.Partner, line: str, month: dt.date) -> str:
    """Whose it is, of which product line and month, so that no two files of a partner are called alike."""
    return f"{one.short}_{families.NAMES[line]}_{month:%Y-%m}_流向.csv"


def accounts(lane) -> list[tuple[network.Partner, str]]:
    """Who owes a file: everybody but hospitals that buys from the lane's entities, for each of its lines."""
    return [
        (one, line)
        for one in lane.demo.partners.values()
        if not one.is_hospital and one.entity in lane.entities
        for line in one.lines
    ]


def _rows(lane, one: network.Partner, line: str, month: dt.date) -> list[str]:
    """What it sold on of what it was delivered until then: not all of it, to the hospitals of its area."""
    demo = lane.demo
    chance = random.Random(f"{demo.seed} flow {one.key} {line} {month}")
    hospitals = network.hospitals_in(list(demo.partners.values()), one.area)
    held = lane.delivered[f"{one.key}.{line}"]
    until = periods.add_months(month, 1)
    told = (one.key, month) == (demo.diverted, demo.last_stated) and line == next(iter(one.lines))
    rows: list[str] = []
    kept = []
    for delivered in held:
        when, code, lot, serial, pieces, place = delivered
        product = demo.products[code]
        sold = chance.randint(1, pieces) if pieces > 1 else pieces
        day = max(periods.business_date(when), month) + dt.timedelta(days=chance.randint(1, 12))
        if not hospitals or pieces == 0 or day >= until or len(rows) >= 10 or chance.random() < 0.25:
            kept.append(delivered)
            continue
        hospital = _buyer(demo, chance, place, hospitals)
        abroad = told and len(rows) == 2
        if abroad:
            hospital = _abroad(demo, one)
            lane.report.found["diverted"].append((one.key, hospital.key, lot))
        written = hospital.name if abroad else _written(chance, hospital)
        rows.append(
            f"{day},{written},{names.CITIES[hospital.city].name},{code},{lot},{serial},"
            f"{sold},{product.unit},XS-{month:%y%m}{len(rows) + 1:03d}"
        )
        if pieces > sold:
            kept.append((when, code, lot, serial, pieces - sold, place))
    lane.delivered[f"{one.key}.{line}"] = kept
    return rows


def _buyer(demo, chance, place: str, hospitals) -> network.Partner:
    """Goods shipped to a hospital for the dealer are sold to it; the others to one of its area."""
    shipped_to = demo.partners.get(place.split(".")[0])
    if shipped_to is not None and shipped_to.is_hospital:
        return shipped_to
    return chance.choice(hospitals)


def _abroad(demo, one: network.Partner) -> network.Partner:
    """A hospital outside the dealer's area: goods diverted (窜货)."""
    return next(
        other
        for other in demo.partners.values()
        if other.is_hospital and other.city // 10_000 != one.city // 10_000 and other.grade == "三甲"
    )


def _written(chance: random.Random, hospital: network.Partner) -> str:
    """The name as a clerk writes it: mostly right, sometimes short."""
    roll = chance.random()
    if roll < 0.02:
        return hospital.short
    return re.sub("市", "", hospital.name, count=1) if roll < 0.04 else hospital.name
