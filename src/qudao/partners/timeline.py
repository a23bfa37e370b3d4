"""What happened to a partner, as its page tells it."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy, pgettext_lazy

from qudao.kernel import journal, scope
from qudao.organisation import journal_words, queries_journal
from qudao.partners import queries, territories
from qudao.ui import formats

# Entries at first, how many more each time, and at most.
FIRST, MORE, MOST = 15, 45, 240
_PARTICULARS = ("partners.party.changed", "partners.place.changed")
_FIELDS = {
    "name": pgettext_lazy("of a thing", "Name"),
    "short_name": gettext_lazy("Short name"),
    "territory_id": gettext_lazy("Place"),
    "address": gettext_lazy("Address"),
    "contact": gettext_lazy("Contact"),
    "phone": gettext_lazy("Telephone"),
}


def of_partner(party: queries.PartyView, actor: scope.Actor, *, count: int = FIRST) -> list[dict[str, Any]]:
    """The last `count` things that happened to the party, its file, its accounts and its debtors, newest first."""
    nodes = {party.file_node_id}
    for account in party.accounts:
        nodes |= {account.node_id, account.debtor_node_id}
    found = queries_journal.list_about(
        subjects=[f"partners.party:{party.id}"], node_ids=sorted(nodes), actor=actor, limit=count
    )
    changed = any(leaf.type in _PARTICULARS for leaf in found)
    before = queries.list_changes(party.id, actor=actor) if changed else {}
    return queries_journal.as_timeline(found, said=lambda leaf: _said(leaf, before), actor=actor)


def _said(leaf: journal.Leaf, before: Mapping[uuid.UUID, Sequence[queries.Change]]) -> str:
    """What an entry about the partner changed, old → new, and why."""
    if leaf.type not in _PARTICULARS:
        return (
            journal_words.summary(leaf)
            if leaf.type.startswith("partners.") and leaf.data.get("reason")
            else ""
        )
    changes = [
        f"{_FIELDS[field]} {_value(field, old)} → {_value(field, new)}"
        for field, old, new in before.get(leaf.entry, ())
    ]
    return formats.clauses([*changes, *filter(None, [leaf.data.get("reason", "")])])


def _value(field: str, value: Any) -> str:
    text = territories.label(value) if field == "territory_id" and value else value
    return str(text or formats.NOTHING)
