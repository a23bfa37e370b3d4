"""What the catalogue says at the points of the trade: certificates, and whether a product can be invoiced."""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence

from qudao.catalog import certificates, queries
from qudao.kernel import decisions, errors, scope

_Certificates = Mapping[int, Sequence[queries.ItemCertificate]]
_Items = Mapping[int, queries.ItemView]

_UNKNOWN_DATE = "catalog.production_date_unknown"
# Before a lot is chosen there is no production date to judge.
_BEFORE_LOTS: frozenset[decisions.Point] = frozenset({"sale", "allocation"})


class CertificateGate(decisions.Contribution):
    """A certificate or filing covers the model and the day it was made (令47 §112).

    A sale without lot yet asks only for one that stands. Goods whose production date is not known may
    come in with a warning and go no further than inspection.
    """

    name = "catalog.certificate"
    points = ("receipt", "inspection", "sale", "allocation", "pick", "ship")

    def load(self, facts: decisions.Facts, *, actor: scope.Actor, now: dt.datetime) -> _Certificates:
        return queries.certificates_once(facts.item_ids)

    def judge(
        self, facts: decisions.Facts, data: _Certificates, *, now: dt.datetime
    ) -> Iterator[errors.Reason]:
        for line in facts.lines:
            found = certificates.judge_certificate(
                versions=queries.rule_versions(data.get(line.item_id, ())),
                model=line.item_id,
                produced_on=line.produced_on,
                on=facts.on,
            )
            no_lot = facts.point in _BEFORE_LOTS and not line.lot_id and not line.serial_id
            for reason in found:
                if reason.code == _UNKNOWN_DATE and no_lot:
                    continue
                warns = reason.code == _UNKNOWN_DATE and facts.point == "receipt"
                yield dataclasses.replace(reason, line=line.no, severity="warn" if warns else "refuse")


class ItemGate(decisions.Contribution):
    """The product is in trade, and at a sale its tax on that day is known."""

    name = "catalog.item"
    points = ("purchase", "sale")

    def load(self, facts: decisions.Facts, *, actor: scope.Actor, now: dt.datetime) -> _Items:
        return queries.items_once(facts.item_ids, on=facts.on, entity_id=facts.entity_id)

    def judge(self, facts: decisions.Facts, data: _Items, *, now: dt.datetime) -> Iterable[errors.Reason]:
        for line in facts.lines:
            item = data.get(line.item_id)
            if item is None:
                yield errors.Reason("catalog.item_unknown", line.no, {"item": line.item_id})
                continue
            params = {"code": item.code, "name": item.name}
            if not item.active:
                yield errors.Reason("catalog.item_inactive", line.no, params)
            if facts.point == "sale" and item.tax_rate is None:
                yield errors.Reason("catalog.tax_missing", line.no, params | {"on": facts.on.isoformat()})
