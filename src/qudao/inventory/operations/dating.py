"""The day a lot was made, for one that came in without it."""

import datetime as dt

from qudao.inventory import models
from qudao.inventory.operations import identities
from qudao.kernel import errors, journal, locks, periods, scope

INSPECT = "inventory.stock.inspect"


def date_lot(*, lot_id: int, produced_on: dt.date, actor: scope.Actor, now: dt.datetime) -> dt.date:
    """Enter the production date that stands on the goods, where none is known; what is known never changes.

    Raises NotFound, Refused `inventory.lot_dated`, `inventory.lot_dates_reversed`, `inventory.produced_in_future`,
    `inventory.lot_without_code`.
    """
    actor.require(INSPECT)
    with scope.transaction(actor, acting=True), locks.refusing_when_busy():
        lot = models.Lot.objects.select_for_update(no_key=True).filter(pk=lot_id).first()
        if lot is None:
            raise errors.NotFound
        _require(lot, produced_on, today=periods.business_date(now))
        entry = journal.entry()
        lot.produced_on, lot.entry = produced_on, entry
        lot.save(update_fields=["produced_on", "entry"])
        values = {name: getattr(lot, name) for name in ("item_id", "code", "produced_on", "last_usable_on")}
        journal.record(
            entry,
            "inventory.lot.dated",
            subject=f"inventory.lot:{lot.pk}",
            at=now,
            rows=[journal.row(lot, lot.pk, values)],
            data={"lot": lot.code, "produced_on": produced_on},
        )
        return produced_on


def _require(lot: models.Lot, produced_on: dt.date, *, today: dt.date) -> None:
    said = {"lot": lot.code, "produced_on": produced_on, "last_usable_on": lot.last_usable_on}
    if lot.code == identities.NO_LOT:
        raise errors.refuse("inventory.lot_without_code")
    if lot.produced_on is not None:
        raise errors.refuse("inventory.lot_dated", lot=lot.code, recorded=lot.produced_on)
    if produced_on > today:
        raise errors.refuse("inventory.produced_in_future", **said)
    if lot.last_usable_on is not None and produced_on > lot.last_usable_on:
        raise errors.refuse("inventory.lot_dates_reversed", **said)
