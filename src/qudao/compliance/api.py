"""Trace over the API: the whole way of a lot or serial, as far as the caller may see it."""

from typing import Any

from qudao.compliance import queries
from qudao.kernel import errors, periods, web

router = web.router("compliance")


@web.operation(router.get, "/trace", permission=queries.VIEW, response=dict[str, Any])
def trace(request, q: str):
    """`q`: a scanned code, a device identifier, a product code, a lot or a serial number.

    Refuses `compliance.several_found` with the choices when it names more than one lot or serial.
    """
    today = periods.business_date(request.now)
    found = queries.find_subject(q[:2000], request.actor, today=today)
    if not found:
        raise errors.NotFound
    if len(found) > 1:
        numbers = " ".join(f"{one.item_code}/{one.serial or one.lot}" for one in found[:20])
        raise errors.refuse("compliance.several_found", text=q[:60], items=numbers)
    goods = {"serial_ids": [found[0].serial_id]} if found[0].serial_id else {"lot_ids": [found[0].lot_id]}
    return queries.trace(**goods, actor=request.actor, today=today).as_json()
