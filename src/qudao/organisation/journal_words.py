"""The journal in plain words: what an entry says happened, old → new, without a digest in sight."""

import base64
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from qudao.kernel import manifest
from qudao.organisation import queries_journal
from qudao.ui import formats

# What recorded data is called, by key; a key without words shows as it is.
KEYS: Mapping[str, Any] = {
    "reason": gettext_lazy("Reason"),
    "number": gettext_lazy("Document number"),
    "name": gettext_lazy("Name"),
    "code": gettext_lazy("Code"),
    "count": gettext_lazy("How many"),
    "kind": gettext_lazy("Kind"),
    "step": gettext_lazy("Step"),
    "tier": gettext_lazy("Tier"),
    "role": gettext_lazy("Role"),
    "username": gettext_lazy("User name"),
    "party": gettext_lazy("Partner (id)"),
    "account": gettext_lazy("Account (id)"),
    "line": gettext_lazy("Product line (id)"),
    "entity": gettext_lazy("Legal entity (id)"),
    "person": gettext_lazy("Person (id)"),
    "channel": gettext_lazy("Channel"),
    "gross": gettext_lazy("Amount incl. tax"),
    "net": gettext_lazy("Amount without tax"),
    "tax": gettext_lazy("Tax"),
    "amount": gettext_lazy("Amount"),
    "month": gettext_lazy("Month"),
    "day": gettext_lazy("Day"),
    "on": gettext_lazy("Day"),
    "to": pgettext_lazy("journal", "To"),
    "whole": gettext_lazy("Whole business"),
    "lots": gettext_lazy("Lots (ids)"),
    "version": gettext_lazy("Version"),
    "status": gettext_lazy("State"),
    "first": gettext_lazy("First"),
    "last": gettext_lazy("Last"),
    "quantity": gettext_lazy("Quantity"),
    "permissions": gettext_lazy("Permissions"),
    "business_on": gettext_lazy("Business day"),
}
NOUNS: Mapping[str, Any] = {
    "orders.order": gettext_lazy("Order"),
    "orders.shipment": gettext_lazy("Shipment"),
    "orders.return": gettext_lazy("Return"),
    "partners.party": gettext_lazy("Partner"),
    "partners.account": gettext_lazy("Channel account"),
    "partners.place": gettext_lazy("Delivery place"),
    "partners.licence": gettext_lazy("Licence"),
    "partners.authorisation": gettext_lazy("Authorisation"),
    "pricing.contract": gettext_lazy("Contract"),
    "pricing.price": gettext_lazy("Price"),
    "catalog.item": gettext_lazy("Product"),
    "catalog.certificate": gettext_lazy("Certificate"),
    "inventory.hold": gettext_lazy("Hold"),
    "inventory.opening": gettext_lazy("Opening stock"),
    "inventory.transfer": gettext_lazy("Transfer"),
    "inventory.site": gettext_lazy("Warehouse"),
    "catalog.line": gettext_lazy("Product line"),
    "catalog.udi": gettext_lazy("UDI"),
    "pricing.promotion": pgettext_lazy("journal", "Promotion"),
    "settlement.credit": gettext_lazy("Credit limit"),
    "settlement.debtor": gettext_lazy("Debtor account"),
    "organisation.post": gettext_lazy("Post"),
    "organisation.person": gettext_lazy("Person"),
    "organisation.role": gettext_lazy("Role"),
    "organisation.entity": gettext_lazy("Legal entity"),
    "organisation.region": gettext_lazy("Region"),
    "settlement.invoice": gettext_lazy("Invoice"),
    "settlement.receipt": gettext_lazy("Cash receipt"),
    "settlement.statement": gettext_lazy("Statement"),
    "settlement.run": gettext_lazy("Rebate run"),
    "supply.purchase": gettext_lazy("Purchase"),
    "supply.receipt": gettext_lazy("Goods receipt"),
    "flow.file": gettext_lazy("Sell-through file"),
}
_SHOWN = ("reason", "number", "name", "username", "code")


def title(entry_type: str) -> str:
    """What happened: the words of the type, or the type itself."""
    return str(manifest.journal_types().get(entry_type, entry_type))


def subject(reference: str, numbers: Mapping[str, str]) -> str:
    """`orders.order:01a2…` → Order SO1-2026-000036 by its number, where it has one; else ids show their end."""
    noun, _sep, key = reference.partition(":")
    short = numbers.get(reference) or (f"…{key[-6:]}" if len(key) == 36 else key)
    return " ".join(filter(None, (str(NOUNS.get(noun, noun)), short)))


def changes(data: Mapping[str, Any]) -> tuple[list[tuple[Any, str]], dict[str, Any]]:
    """What was recorded as (label, words), `from` and `to` as one row old → new; and what is too deep for a line."""
    rows: list[tuple[Any, str]] = []
    rest = dict(data)
    if "from" in rest and "to" in rest and _plain(rest["from"]) and _plain(rest["to"]):
        rows.append((_("Changed"), f"{_word(rest.pop('from'))} → {_word(rest.pop('to'))}"))
    nested: dict[str, Any] = {}
    for key, value in rest.items():
        if isinstance(value, list) and value and all(_plain(one) for one in value) and len(value) <= 12:
            rows.append((KEYS.get(key, key), formats.listed(_word(one) for one in value)))
        elif _plain(value):
            if value not in ("", None):
                rows.append((KEYS.get(key, key), _word(value)))
        elif value:
            nested[key] = value
    return rows, nested


def summary(data: Mapping[str, Any]) -> str:
    """One line for the list: old → new, else the most telling of what was recorded."""
    if "from" in data and "to" in data and _plain(data["from"]) and _plain(data["to"]):
        changed = f"{_word(data['from'])} → {_word(data['to'])}"
        return " · ".join(filter(None, (changed, str(data.get("reason") or ""))))
    told = [str(data[key]) for key in _SHOWN if data.get(key) and _plain(data[key])]
    return " · ".join(told[:2])


def proof_file(view: queries_journal.EntryView) -> dict[str, Any]:
    """Everything needed to check the entry by hand; `proof` is null until a checkpoint covers it."""
    proof = view.proof
    return {
        "what": _("Proof that one entry stands in the signed journal (RFC 6962 inclusion proof)"),
        "entry_number": view.leaf.number,
        "leaf": base64.b64encode(proof.leaf).decode() if proof else None,
        "proof": None
        if proof is None
        else {
            "leaf_hash": proof.leaf_hash,
            "path": list(proof.path),
            "tree_size": proof.size,
            "root": merkle_root(proof),
            "checkpoint": proof.checkpoint,
        },
        "key": queries_journal.key_text(),
        "how_to_check": [
            _("1. leaf_hash is SHA-256 of the byte 00 followed by the bytes of `leaf` (base64)."),
            _(
                "2. Walk up: at each step of `path` hash the byte 01, the left and the right neighbour (RFC 6962 §2.1.1)."
            ),
            _("3. What comes out is the root: the third line of the checkpoint, in base64."),
            _(
                "4. The last line of the checkpoint is the Ed25519 signature of the lines before it under `key`."
            ),
            _("5. Compare the checkpoint with one printed on a statement or trace report you kept."),
        ],
    }


def merkle_root(proof: queries_journal.Proof) -> str:
    """The root the checkpoint signs, in base64 as it stands there."""
    return proof.checkpoint.split("\n")[2]


def _plain(value: Any) -> bool:
    return isinstance(value, str | int | bool | None) and (not isinstance(value, str) or len(value) <= 200)


def _word(value: Any) -> str:
    if value is True:
        return _("yes")
    if value is False:
        return _("no")
    return "—" if value in ("", None) else str(value)
