"""The trace as a table to hand over, with the journal's checkpoint: who keeps it is a witness."""

from collections.abc import Iterator, Sequence
from typing import IO, Any

from qudao.compliance import queries, words
from qudao.kernel import scope, tabular
from qudao.kernel.journal import queries as journal

SHEET = tabular.Sheet(
    name="追溯 Trace",
    columns=(
        tabular.Column(name="section", headers=("部分 Section",)),
        tabular.Column(name="level", headers=("层级 Level",), kind="integer"),
        tabular.Column(name="what", headers=("事项 What",)),
        tabular.Column(name="source", headers=("来自 From",)),
        tabular.Column(name="target", headers=("去向 To",), max_length=4000),
        tabular.Column(name="condition", headers=("状态 Condition",)),
        tabular.Column(name="quantity", headers=("数量 Quantity",), kind="decimal", places=4),
        tabular.Column(name="first_on", headers=("首次日期 First day",), kind="date"),
        tabular.Column(name="last_on", headers=("末次日期 Last day",), kind="date"),
    ),
)
SECTIONS = {"backward": "来源 Came from", "inside": "在库 With us", "forward": "去向 Went to"}


def write(stream: IO[bytes], found: queries.Trace, *, actor: scope.Actor) -> int:
    """Write the trace as .xlsx; returns the number of rows. The checkpoint stands in the last of them."""
    with scope.transaction(actor, acting=not actor.house):
        checkpoint = journal.find_checkpoint()
    told = queries.notices(found, actor) if found.whole else []
    first = found.subjects[0]
    title = " ".join(filter(None, (first.item_name, first.specification, first.lot, first.serial)))
    return tabular.write(stream, SHEET, _rows(found, told, checkpoint), title=title)


def _rows(
    found: queries.Trace, told: Sequence[queries.Notice], checkpoint: str | None
) -> Iterator[dict[str, Any]]:
    for one in found.totals:
        yield {
            "section": "合计 Sums",
            "what": words.total(one.code),
            "target": words.place(found, one.site_id),
            "condition": words.condition(one.status),
            "quantity": one.quantity if one.side == "in" else -one.quantity,
        }
    for difference in found.differences:
        yield {"section": "差异 Differences", "target": words.difference(found, difference)}
    for notice in told:
        yield {
            "section": "须告知 To be told",
            "what": words.contact(notice),
            "target": " ".join(
                filter(None, (notice.name, notice.places[0].address if notice.places else ""))
            ),
            "quantity": notice.left,
        }
    for edge in found.edges:
        yield {
            "section": SECTIONS[edge.direction],
            "level": edge.level,
            "what": words.move(edge.kind),
            "source": words.place(found, edge.from_site_id),
            "target": words.place(found, edge.to_site_id),
            "condition": words.condition(edge.to_status),
            "quantity": edge.quantity,
            "first_on": edge.first_on,
            "last_on": edge.last_on,
        }
    for line in (checkpoint or "").splitlines():
        if line:
            yield {"section": "日志检查点 Journal checkpoint", "target": line}
