"""The list of contracts."""

import datetime as dt
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from qudao.kernel import periods, scope
from qudao.partners import queries as partners
from qudao.pricing import queries
from qudao.pricing.names import Names
from qudao.ui import filters, formats, listing, parsing, status, tables

CONTRACT_STATES = ("effective", "expiring", "draft", "pending", "ended")
MOST_FOUND = 500


def choice(query: QueryDict, key: str, choices) -> str:
    text = query.get(key, "")
    return text if text in choices else ""


def contracts(query: QueryDict, *, today: dt.date, actor: scope.Actor) -> listing.Listing:
    """Contracts and which version of each holds today."""
    names = Names.load()
    wanted = _contract_filter(query, actor)
    chosen = _contract_columns()
    sort = listing.sort_of(query, chosen, "ends" if wanted.state == "expiring" else "current").lstrip("-")

    def fetch(cursor: str | None, limit: int) -> listing.Slice:
        found = queries.find_contracts(wanted, on=today, actor=actor, cursor=cursor, sort=sort, limit=limit)
        return listing.Slice([_contract(row, names, today, actor) for row in found.rows], found.next)

    def sums() -> tuple[dict[str, Any], str]:
        found = queries.total_contracts(wanted, on=today, actor=actor)
        return {}, _(
            "%(contracts)s contracts · %(effective)s in force · %(expiring)s expiring · %(drafts)s to sign"
        ) % {
            "contracts": found.contracts,
            "effective": found.effective,
            "expiring": found.expiring,
            "drafts": found.drafts,
        }

    return listing.Listing(
        name="contracts",
        title=_("Contracts"),
        columns=chosen,
        filters=[
            filters.Text("q", _("Contract number or partner")),
            filters.Choice(
                "state",
                _("State"),
                [
                    (one, _("to sign") if one == "draft" else status.show("contract", one).label)
                    for one in CONTRACT_STATES
                ],
            ),
            filters.Choice("line", _("Product line"), [(str(k), v) for k, v in names.lines.items()]),
            filters.Choice("entity", _("Legal entity"), [(str(k), v) for k, v in names.entities.items()]),
        ],
        fetch=fetch,
        sums=sums,
        order=_("Soonest to end first") if sort == "ends" else _("To be signed first, ended last"),
        empty=tables.Empty(
            title=_("No contract yet"),
            hint=_(
                "A contract is drafted from its workbook, checked cell by cell, and holds once both sides signed."
            ),
            icon="file-text",
        ),
    )


def _contract_filter(query: QueryDict, actor: scope.Actor) -> queries.ContractFilter:
    text = query.get("q", "").strip()
    named = partners.search_parties(text, actor=actor, limit=MOST_FOUND) if text else []
    return queries.ContractFilter(
        text=text,
        party_ids=tuple(party.id for party in named),
        state=choice(query, "state", CONTRACT_STATES),
        line_id=parsing.whole_or_none(query.get("line")),
        entity_id=parsing.whole_or_none(query.get("entity")),
        party_id=parsing.whole_or_none(query.get("party")),
    )


def _contract_columns() -> list[tables.Column]:
    return [
        tables.Column(key="number", label=_("Contract"), sub="title", sub_label=_("Title"), sortable=True),
        tables.Column(key="party", label=_("Partner"), whose="seen"),
        tables.Column(
            key="state",
            label=_("State"),
            kind="status",
            status="contract",
            sub="waits",
            sub_label=_("Who has to sign"),
        ),
        tables.Column(key="ends", label=_("Expires"), kind="day", sub="left", sortable=True),
        tables.Column(key="line", label=_("Product line"), sub="entity", sub_label=_("Legal entity")),
        tables.Column(key="tier", label=_("Tier"), kind="status", status="grade"),
        tables.Column(key="version", label=_("Version"), sub="draft", sub_label=_("To sign")),
        tables.Column(key="prices", label=_("Price rows"), kind="qty"),
        tables.Column(key="begins", label=_("Begins"), kind="day"),
    ]


def _contract(row: queries.ContractRow, names: Names, today: dt.date, actor: scope.Actor) -> dict[str, Any]:
    """One line; of a contract nobody signed yet its draft's version, days and prices."""
    url = reverse("contract", args=[row.id])
    last = periods.last_day(row.ends)
    left = (last - today).days if last and row.state in ("effective", "expiring") else None
    return {
        "url": url,
        "number": row.number,
        "title": row.title,
        "party": row.party_name,
        "line": names.lines.get(row.line_id, ""),
        "entity": names.entities.get(row.entity_id, ""),
        "tier": row.tier,
        "version": f"v{row.version_number or row.draft_number}",
        "begins": row.valid_from if row.version_number else row.draft_from,
        "prices": row.prices,
        "state": row.state,
        "waits": _waits(row, names, actor),
        "ends": last,
        "ends_tone": "warn" if row.state == "expiring" else None,
        "left": _("%(days)s days left") % {"days": left} if row.state == "expiring" else "",
        # Of a contract nobody signed yet the version is the draft, and the state says whom it waits for.
        "draft": row.draft_number
        and row.version_number
        and _("v%(number)s to sign") % {"number": row.draft_number},
    }


def _waits(row: queries.ContractRow, names: Names, actor: scope.Actor) -> str:
    """Who has to sign the draft: a partner waits for us, our own people for the roles that may."""
    if not row.draft_number:
        return ""
    english = get_language() == "en"
    signers = [(english and name_en) or name for name, name_en in row.signers] if actor.house else []
    who = formats.listed(signers) or names.entities.get(row.entity_id, "")
    return _("Awaiting the signature of %(who)s") % {"who": who}
