"""The journal in plain words: what an entry says happened, old → new, without a digest in sight."""

import base64
import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from qudao.kernel import errors, manifest, messages, scope
from qudao.kernel.journal import entries
from qudao.organisation import journal_values as values
from qudao.organisation import queries_journal
from qudao.organisation.journal_fields import FIELDS
from qudao.ui import formats, tables

# What recorded data is called, by key; a key without words shows as it is.
KEYS: Mapping[str, Any] = {
    "reason": gettext_lazy("Reason"),
    "number": gettext_lazy("Document number"),
    "document_number": gettext_lazy("Document number"),
    "document_id": pgettext_lazy("journal", "Id of the document"),
    "id": pgettext_lazy("journal", "Id"),
    "name": gettext_lazy("Name"),
    "code": gettext_lazy("Code"),
    "count": gettext_lazy("How many"),
    "kind": gettext_lazy("Kind"),
    "step": gettext_lazy("Step"),
    "tier": gettext_lazy("Tier"),
    "role": gettext_lazy("Role"),
    "username": gettext_lazy("User name"),
    "party": pgettext_lazy("journal row", "Partner"),
    "account": pgettext_lazy("journal row", "Channel account"),
    "line": pgettext_lazy("journal row", "Line"),
    "organisation.line": pgettext_lazy("journal row", "Product line"),
    "partners.line": pgettext_lazy("journal row", "Product line"),
    "catalog.line": pgettext_lazy("journal row", "Product line"),
    "entity": pgettext_lazy("journal row", "Legal entity"),
    "region": pgettext_lazy("journal row", "Region"),
    "person": pgettext_lazy("journal row", "Person"),
    "item": pgettext_lazy("journal row", "Product"),
    "parent": pgettext_lazy("journal row", "Under"),
    "channel": gettext_lazy("Channel"),
    "gross": gettext_lazy("Amount incl. tax"),
    "net": gettext_lazy("Amount without tax"),
    "tax": gettext_lazy("Tax"),
    "amount": gettext_lazy("Amount"),
    "month": gettext_lazy("Month"),
    "day": gettext_lazy("Day"),
    "on": gettext_lazy("Day"),
    "to": pgettext_lazy("journal", "To"),
    "back": pgettext_lazy("journal", "Came back"),
    "lost": pgettext_lazy("journal", "Lost"),
    "lot": pgettext_lazy("journal row", "Lot"),
    "lots": pgettext_lazy("journal row", "Lots"),
    "sites": pgettext_lazy("journal row", "Warehouses and sites"),
    "lines": pgettext_lazy("journal", "Lines"),
    "items": pgettext_lazy("journal row", "Products"),
    "prices": pgettext_lazy("journal row", "Prices"),
    "invoices": pgettext_lazy("journal row", "Invoices"),
    "shipments": pgettext_lazy("journal", "Deliveries"),
    "purchase": pgettext_lazy("journal row", "Purchase"),
    "contract": pgettext_lazy("journal row", "Contract"),
    "file": pgettext_lazy("journal row", "Sell-through file"),
    "affected": pgettext_lazy("journal", "Orders it concerns"),
    "origins": pgettext_lazy("journal", "Documents it was kept for"),
    "continues": pgettext_lazy("journal", "Continues the entry"),
    "reasons": pgettext_lazy("journal", "Reasons"),
    "words": pgettext_lazy("journal", "As it was reported"),
    "warnings": pgettext_lazy("journal", "Warnings"),
    "outcome": pgettext_lazy("journal", "Outcome"),
    "approver": pgettext_lazy("journal row", "Approved by"),
    "settlement.temporary": pgettext_lazy("journal row", "Temporary limit"),
    "document": pgettext_lazy("journal", "Digest of the signed paper"),
    "digest": pgettext_lazy("journal", "Digest"),
    "sha256": pgettext_lazy("journal", "Digest of the file"),
    "dis": pgettext_lazy("journal row", "Device identifiers"),
    "new": pgettext_lazy("journal", "New"),
    "changed": pgettext_lazy("journal", "Changed"),
    "unchanged": pgettext_lazy("journal", "Unchanged"),
    "portions": pgettext_lazy("journal", "Portions"),
    "from_shelf": pgettext_lazy("journal", "From shelf"),
    "to_shelf": pgettext_lazy("journal", "To shelf"),
    "differences": pgettext_lazy("journal", "Differences"),
    "rows": pgettext_lazy("journal", "Rows"),
    "query": pgettext_lazy("journal", "Filter"),
    "list": pgettext_lazy("journal", "List"),
    "columns": pgettext_lazy("journal", "Columns"),
    "whole": gettext_lazy("Whole business"),
    "version": gettext_lazy("Version"),
    "version_id": pgettext_lazy("journal row", "Contract version"),
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
    "flow.row": pgettext_lazy("journal", "Sell-through line"),
    "orders.template": pgettext_lazy("journal row", "Order template"),
    "settlement.pool": pgettext_lazy("journal row", "Rebate pool"),
    "insights.target": pgettext_lazy("journal row", "Target"),
    "inventory.count": pgettext_lazy("journal", "Stock count"),
    "inventory.relocation": pgettext_lazy("journal", "Move between bins"),
    "inventory.inspection": pgettext_lazy("journal", "Inspection"),
    "inventory.reservations": pgettext_lazy("journal row", "Reservations"),
    "organisation.period": pgettext_lazy("journal row", "Accounting period"),
    "ui.list": pgettext_lazy("journal", "List"),
}
# What goes from one to another.
_STATES = ("tier", "admission", "status", "to_status")
# What is told first, in this order: which document and line, whose, of what, how much. The rest stands as recorded.
_FIRST = (
    *("no", "number", "name", "code", "on", "party_id", "party", "hospital_id"),
    *(
        "account_id",
        "account",
        "debtor_node_id",
        "entity_id",
        "entity",
        "line_id",
        "line",
        "region_id",
        "region",
    ),
    *("item_id", "item", "lot", "lot_id", "lots", "serial_id", "quantity", "base_quantity", "unit_price"),
    *("gross", "net", "tax"),
)
_SHOWN = ("reason", "number", "name", "username", "code")


@dataclasses.dataclass(frozen=True, slots=True)
class Told:
    """What an entry recorded: single values, and lists of things as tables."""

    facts: tuple[tuple[Any, Any], ...]
    tables: tuple[tables.Table, ...]


def title(entry_type: str) -> str:
    """What happened: the words of the type, or the type itself."""
    return str(manifest.journal_types().get(entry_type, entry_type))


def points(leaf: entries.Leaf) -> Iterator[values.Point]:
    """Who acted, what the entry is about, and everything its data points to."""
    yield from values.points_of("", "actor", leaf.actor)
    noun, _sep, key = leaf.subject.partition(":")
    if key:
        yield noun, key
    yield from _points_in(_module(leaf), leaf.data)


def _points_in(module: str, data: Mapping[str, Any]) -> Iterator[values.Point]:
    for key, value in data.items():
        for one in _records(value):
            yield from _points_in(module, one)
        if isinstance(value, dict):
            yield from _points_in(module, value)
        elif _pairs(value):
            yield from ((noun, one) for noun, one in value)
        elif not _records(value):
            yield from values.points_of(module, key, value)


def named_in(found: Sequence[entries.Leaf], actor: scope.Actor) -> values.Named:
    """Who acted in a list of entries, and what they are about."""
    subjects = (leaf.subject.partition(":") for leaf in found)
    people = (one for leaf in found for one in values.points_of("", "actor", leaf.actor))
    return values.Named([*((noun, key) for noun, _sep, key in subjects if key), *people], actor)


def subject_words(reference: str, named: values.Named) -> str:
    """`orders.order:01a2…` → Order SO1-2026-000036, by number or name where it has one."""
    noun, _sep, key = reference.partition(":")
    return " ".join(filter(None, (str(NOUNS.get(noun, noun)), key and named.called(noun, key))))


def subject(reference: str, named: values.Named) -> str:
    """The same, leading to its page."""
    noun, _sep, key = reference.partition(":")
    return values.linked(subject_words(reference, named), named.find(noun, key)[1] if key else "")


def told(leaf: entries.Leaf, named: values.Named) -> Told:
    """Every value that was recorded, in words, but for kind and number of what the entry is about."""
    noun, _sep, key = leaf.subject.partition(":")
    facts, found = _told(_module(leaf), leaf.data, named)
    own = (key, named.find(noun, key)[0], str(NOUNS.get(noun, ""))) if key else ()
    return Told(tuple((name, said) for name, said in facts if said and said not in own), tuple(found))


def _told(
    module: str, data: Mapping[str, Any], named: values.Named, under: str = ""
) -> tuple[list[tuple[Any, Any]], list[tables.Table]]:
    facts: list[tuple[Any, Any]] = []
    found: list[tables.Table] = []
    data = {key: data[key] for key in sorted(data, key=_rank) if _tells(key)}
    if changed := _changed(module, data):
        facts.append((_("Changed"), changed))
    for key, value in data.items():
        if changed and key in ("from", "to"):
            continue
        if records := _records(value):
            found.append(_table(module, key, records, named))
        elif isinstance(value, dict):
            more, deeper = _told(module, value, named, key)
            facts += more
            found += deeper
        else:
            facts.append((label(module, key, under), _said(module, key, value, named)))
    return facts, found


def label(module: str, key: str, under: str = "") -> Any:
    """What a key is called: by its words, or as the code it is of what it stands `under` (`states`: {state: how
    many}); one without either shows as it is."""
    words = KEYS.get(f"{module}.{key}") or KEYS.get(key) or FIELDS.get(key)
    return (under and values.coded_in(module, under.removesuffix("s"), key)) or words or key


def _said(module: str, key: str, value: Any, named: values.Named) -> Any:
    if _pairs(value):
        return named.links((noun, one) for noun, one in value)
    if values.noun_of(module, key):
        return named.links(values.points_of(module, key, value))
    if isinstance(value, dict):
        return formats.listed(
            f"{label(module, name, key)} {said}"
            for name, one in value.items()
            if (said := _word(module, name, one)) not in ("", "0")
        )
    return _word(module, key, value)


def _word(module: str, key: str, value: Any) -> str:
    if isinstance(value, list):
        return formats.listed(_word(module, key, one) for one in value)
    if key == "warnings":
        return str(messages.render(errors.Reason(value)).title)
    if key == "document_type":
        return str(NOUNS.get(f"{module}.{value}", value))
    for name in _STATES if key in ("from", "to") else (key,):
        if said := values.coded_in(module, name, value):
            return said
    return values.plain(key, value)


def _table(module: str, key: str, records: Sequence[Mapping[str, Any]], named: values.Named) -> tables.Table:
    """A list of things alike, a row each; what is empty in all of them is left out."""
    named_by = dict.fromkeys(name for record in records for name in record if _tells(name))
    keys = sorted(named_by, key=_rank)
    rows = [{one: _said(module, one, record.get(one), named) for one in keys} for record in records]
    used = [one for one in keys if any(row[one] for row in rows)]
    columns = [
        tables.Column(
            key=one,
            label=label(module, one),
            figure=values.is_number(one),
            wrap=bool(values.noun_of(module, one)),
        )
        for one in used
    ]
    return tables.Table(label=label(module, key), columns=columns, rows=rows)


def _rank(key: str) -> int:
    return _FIRST.index(key) if key in _FIRST else len(_FIRST)


def _tells(key: str) -> bool:
    """Whether a key tells people anything: keys of rows beside a line's number, and of the node that decides who
    sees the entry, stand in the signed text alone."""
    return key != "node_id" and not key.endswith("_line_id")


def _records(value: Any) -> list[Mapping[str, Any]]:
    return value if isinstance(value, list) and value and all(isinstance(one, dict) for one in value) else []


def _pairs(value: Any) -> bool:
    """Whether a list names documents, each by its noun and id."""
    return (
        bool(value)
        and isinstance(value, list)
        and all(isinstance(one, list) and len(one) == 2 and "." in str(one[0]) for one in value)
    )


def _changed(module: str, data: Mapping[str, Any]) -> str:
    """`from` and `to` as one: old → new."""
    if not {"from", "to"} <= data.keys():
        return ""
    return " → ".join(_word(module, name, data[name]) or formats.NOTHING for name in ("from", "to"))


def summary(leaf: entries.Leaf) -> str:
    """One line for the list: old → new, else the most telling of what was recorded."""
    if changed := _changed(_module(leaf), leaf.data):
        return " · ".join(filter(None, (changed, str(leaf.data.get("reason") or ""))))
    said = [str(leaf.data[key]) for key in _SHOWN if leaf.data.get(key) and isinstance(leaf.data[key], str)]
    return " · ".join(said[:2])


def _module(leaf: entries.Leaf) -> str:
    return leaf.type.partition(".")[0]


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
