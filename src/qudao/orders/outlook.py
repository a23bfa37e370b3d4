"""What a line that is short may wait for, and who else of ours has it: for our own people alone."""

import dataclasses
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal

from django.utils.translation import gettext as _

from qudao.inventory import incoming
from qudao.inventory import queries as inventory
from qudao.kernel import scope
from qudao.ui import formats

# Of each kind what is told of a line.
SHOWN = 3


@dataclasses.dataclass(frozen=True, slots=True)
class Source:
    """Base units that come to a warehouse on a day, or lie there free; None: no day was agreed."""

    site: str
    quantity: Decimal
    day: dt.date | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Outlook:
    """`coming` is bought and not here, what is due first first; `elsewhere` lies with another of our entities."""

    coming: tuple[Source, ...] = ()
    elsewhere: tuple[Source, ...] = ()


def of_items(
    item_ids: Iterable[int], *, entity_id: int, on: dt.date, actor: scope.Actor
) -> dict[int, Outlook]:
    """Item → its outlook, in three statements."""
    wanted = sorted(set(item_ids))
    coming = incoming.find(wanted, entity_id=entity_id, actor=actor)
    free = inventory.free_elsewhere(wanted, entity_id=entity_id, on=on, actor=actor)
    names = inventory.site_names({one.site_id for one in (*coming, *free)}, actor=actor)
    due: defaultdict[int, list[Source]] = defaultdict(list)
    lying: defaultdict[int, list[Source]] = defaultdict(list)
    for arrival in coming:
        source = Source(names.get(arrival.site_id, ""), arrival.quantity, arrival.expected_on)
        due[arrival.item_id].append(source)
    for one in free:
        lying[one.item_id].append(Source(names.get(one.site_id, ""), one.quantity))
    return {item_id: Outlook(tuple(due[item_id]), tuple(lying[item_id])) for item_id in wanted}


def told(outlook: Outlook | None, *, unit: str, today: dt.date) -> list[str]:
    """The outlook in sentences; none where nobody asked."""
    if outlook is None:
        return []
    coming = [_coming(one, unit, today) for one in outlook.coming[:SHOWN]]
    elsewhere = [
        _("%(quantity)s available at %(site)s (another legal entity).") % _params(one, unit)
        for one in outlook.elsewhere[:SHOWN]
    ]
    return [*(coming or [_("None is on order.")]), *elsewhere]


def _coming(one: Source, unit: str, today: dt.date) -> str:
    params = _params(one, unit)
    if one.day is None:
        return _("%(quantity)s on order for %(site)s, no day agreed.") % params
    if one.day < today:
        return _("%(quantity)s for %(site)s were due on %(day)s and are not here yet.") % params
    return _("%(quantity)s due at %(site)s on %(day)s.") % params


def _params(one: Source, unit: str) -> Mapping[str, str]:
    return {
        "site": one.site,
        "quantity": formats.quantity(one.quantity, unit),
        "day": formats.day(one.day),
    }
