"""The page of a contract, from views to plain template data."""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qudao.catalog import queries as catalog
from qudao.kernel import money, scope
from qudao.organisation import queries_journal
from qudao.partners import queries as partners
from qudao.pricing import names as words
from qudao.pricing import queries, rebate_cards
from qudao.pricing.names import Names
from qudao.pricing.rules import price
from qudao.ui import formats, tables

TIMELINE = 30
MOST_CHANGES = 200
# Prices shown to whoever signs; the contract's page has all.
SUMMED = 12


def confidential(contract: queries.ContractView, actor: scope.Actor) -> bool:
    """Whether rebates and papers are shown: to us and to the partner itself, not to the agent above it."""
    return actor.house or actor.party_id == contract.party_id


def version_state(version: queries.VersionView, every: Sequence[queries.VersionView], today: dt.date) -> str:
    """draft, pending, effective, superseded by a later version, or ended."""
    if version.status != "effective":
        return version.status
    if version.valid_until == version.valid_from:
        return "ended"
    if version.valid_from > today:
        return "pending"
    if version.valid_until is not None and version.valid_until <= today:
        later = any(one.status == "effective" and one.number > version.number for one in every)
        return "superseded" if later else "ended"
    return "effective"


def shown_state(version: queries.VersionView, every: Sequence[queries.VersionView], today: dt.date) -> str:
    """The version's state, or "expiring" as the list of contracts says of one in force that nothing follows."""
    state, ends = version_state(version, every, today), version.valid_until
    while following := [
        one
        for one in every
        if one.status == "effective" and one.valid_from == ends and one.valid_until != one.valid_from
    ]:
        ends = following[0].valid_until
    soon = ends is not None and ends <= today + dt.timedelta(days=queries.EXPIRING)
    return "expiring" if state == "effective" and soon else state


def chosen(detail: queries.ContractDetail, number: str, today: dt.date) -> queries.VersionView:
    """The version the address names, else the one in force, else the newest."""
    named = {str(one.number): one for one in detail.versions}.get(number)
    in_force = [one for one in detail.versions if version_state(one, detail.versions, today) == "effective"]
    return named or (in_force[0] if in_force else detail.versions[0])


def compared(
    detail: queries.ContractDetail, version: queries.VersionView, number: str
) -> queries.VersionView | None:
    """The version to compare with: the one the address names, else the one before."""
    earlier = [one for one in detail.versions if one.number < version.number]
    named = {str(one.number): one for one in detail.versions if one.number != version.number}.get(number)
    return named or (earlier[0] if earlier else None)


def facts(
    version: queries.VersionView, account: partners.Account, names: Names, actor: scope.Actor
) -> list[tuple[str, Any]]:
    """Terms of a version and whom they are for."""
    terms = version.terms
    found = [
        (_("Validity"), words.period(version.valid_from, version.valid_until)),
        (_("Legal entity"), names.entities.get(version.entity_id, "")),
        (_("Product line"), names.lines.get(account.line_id, "")),
        (
            _("Tier and region"),
            " · ".join(
                filter(None, (names.facets(account.tier, 0), names.regions.get(account.region_id, "")))
            ),
        ),
        (_("Payment term"), words.term("payment_days", terms.get("payment_days"))),
        (_("Promotions"), words.term("excludes_promotions", terms.get("excludes_promotions"))),
    ]
    if terms.get("note"):
        found.append((_("Note"), terms["note"]))
    return found


def versions(
    detail: queries.ContractDetail, shown: queries.VersionView, today: dt.date
) -> list[dict[str, Any]]:
    """Every version with its state and where it is shown; newest first."""
    address = reverse("contract", args=[detail.contract.id])
    return [
        {
            "number": one.number,
            "url": f"{address}?version={one.number}",
            "shown": one.id == shown.id,
            "state": version_state(one, detail.versions, today),
            "period": words.period(one.valid_from, one.valid_until),
            "prices": one.price_count,
            "signed": _("Signed %(day)s: %(ours)s for us, %(theirs)s for the partner")
            % {"day": formats.day(one.signed_at), "ours": one.signed_by, "theirs": one.countersigned_by}
            if one.signed_at
            else "",
        }
        for one in detail.versions
    ]


def prices(
    version: queries.VersionView, *, skip: int, today: dt.date, actor: scope.Actor, may_explain: bool
) -> tuple[tables.Table, int | None]:
    """A page of the version's prices with tax in and out, and the place of the next page."""
    rows = queries.list_version_prices(version.id, actor=actor, skip=skip, limit=queries.PAGE + 1)
    following = skip + queries.PAGE if len(rows) > queries.PAGE else None
    rows = rows[: queries.PAGE]
    on = max(today, version.valid_from)
    ids = {row.item_id for row in rows}
    items = catalog.items(ids, on=on, entity_id=version.entity_id)
    hospitals = partners.party_names({row.hospital_id for row in rows if row.hospital_id}, actor=actor)
    sees_floors = actor.house and actor.can("pricing.floor.view")
    floors = queries.floors(ids, entity_id=version.entity_id, on=on) if sees_floors else {}
    explain = reverse("price_explain") if may_explain else ""
    listed = [_price(row, items[row.item_id], version, floors, hospitals, explain) for row in rows]
    table = tables.Table(
        label=_("Prices"),
        columns=_price_columns(listed, floors=sees_floors),
        rows=listed,
        empty=tables.Empty(
            title=_("No prices in this version"),
            hint=_("Guide prices with the tier and region factors hold."),
            icon="tag",
        ),
    )
    return table, following


def summary(version: queries.VersionView, *, today: dt.date, actor: scope.Actor) -> dict[str, Any]:
    """What somebody signs, in short: the first prices, how many more there are, the rebates on a line each."""
    table, _following = prices(version, skip=0, today=today, actor=actor, may_explain=False)
    terms = [
        (
            words.rebate(one.name),
            rebate_cards.in_words({"scale": one.scale, "calendar": one.calendar, "basis": one.basis}),
        )
        for one in queries.rebate_terms(actor=actor, version_id=version.id)
    ]
    return {
        "prices": dataclasses.replace(table, rows=table.rows[:SUMMED]),
        "more": max(0, version.price_count - SUMMED),
        "rebates": terms or [(_("Rebates"), formats.NOTHING)],
    }


def _price_columns(rows: Sequence[dict[str, Any]], *, floors: bool) -> list[tables.Column]:
    return [
        tables.Column(key="item", label=_("Product"), sub="specification"),
        tables.Column(key="code", label=_("Product code")),
        *([tables.Column(key="hospital", label=_("Hospital"))] if any(r["hospital"] for r in rows) else []),
        *(
            [tables.Column(key="minimum", label=_("From quantity"), kind="qty")]
            if any(r["minimum"] for r in rows)
            else []
        ),
        tables.Column(key="gross", label=_("Price with tax"), kind="price", link="explain", drawer=True),
        tables.Column(key="unit", label=_("Price unit"), kind="unit"),
        tables.Column(key="rate", label=_("VAT"), kind="rate"),
        tables.Column(key="net", label=_("Price without tax"), kind="exact"),
        *(
            [tables.Column(key="floor", label=_("Our floor, net of tax"), kind="price")]
            if floors and any(r["floor"] for r in rows)
            else []
        ),
        tables.Column(key="clause", label=_("Clause")),
        *([tables.Column(key="period", label=_("Validity"))] if any(r["period"] for r in rows) else []),
    ]


def _price(
    row: queries.VersionPrice,
    item: catalog.ItemView,
    version: queries.VersionView,
    floors: dict[int, Decimal],
    hospitals: dict[int, str],
    explain: str,
) -> dict[str, Any]:
    gross, net = price.both_taxes(row.price, item.tax_rate, row.tax_included)
    floor = floors.get(row.item_id)
    own_days = (row.valid_from, row.valid_until) != (version.valid_from, version.valid_until)
    quantity = max(row.minimum_quantity, Decimal(1)).normalize()
    wanted = f"?account={version.account_id}&item={row.item_id}&quantity={quantity:f}"
    return {
        "item": item.name,
        "specification": item.specification,
        "code": item.code,
        "hospital": hospitals.get(row.hospital_id, ""),
        "minimum": row.minimum_quantity or None,
        "unit": item.price_unit,
        "gross": gross,
        "explain": f"{explain}{wanted}&hospital={row.hospital_id or ''}" if explain else None,
        "rate": item.tax_rate,
        "net": net,
        "floor": floor,
        "floor_tone": "bad" if floor is not None and net is not None and net < floor else None,
        "clause": row.clause.removeprefix(version.citation).strip(),
        "period": words.period(row.valid_from, row.valid_until) if own_days else "",
    }


def difference(
    before: queries.VersionView, after: queries.VersionView, *, full: bool, today: dt.date, actor: scope.Actor
) -> dict[str, Any]:
    """What changed between two versions: terms, rebates (`full`), prices with their percentages."""
    found = queries.version_diff(before.id, after.id, actor=actor)
    listed = found.prices[:MOST_CHANGES]
    items = catalog.items({one.item_id for one in listed}, on=today, entity_id=after.entity_id)
    hospitals = partners.party_names({one.hospital_id for one in listed if one.hospital_id}, actor=actor)
    # In the order a contract says them, its note last, not in that of the alphabet.
    changed = {one.name: one for one in found.terms}
    terms = [
        {
            "name": label,
            "before": words.term(name, changed[name].before),
            "after": words.term(name, changed[name].after),
        }
        for name, label in words.TERMS.items()
        if name in changed
    ]
    rebates = [
        {
            "name": words.rebate(one.name),
            "before": rebate_cards.in_words(one.before),
            "after": rebate_cards.in_words(one.after),
        }
        for one in found.rebates
        if full
    ]
    return {
        "before": before,
        "after": after,
        "terms": terms + rebates,
        "prices": [_change(one, items[one.item_id], hospitals) for one in listed],
        "more": len(found.prices) - len(listed),
        "counts": _counts(found.prices),
        "nothing": not (terms or rebates or listed),
    }


def _change(one: queries.PriceChange, item: catalog.ItemView, hospitals: dict[int, str]) -> dict[str, Any]:
    kind = _kind(one)
    percent = ""
    if one.before and one.after is not None:
        share = money.rounded((one.after - one.before) / one.before * 100, 2)
        percent = money.signed(f"{share:+.2f}%")
    return {
        "item": item.name,
        "specification": item.specification,
        "code": item.code,
        "hospital": hospitals.get(one.hospital_id, ""),
        "minimum": one.minimum_quantity or None,
        "unit": item.price_unit,
        "before": one.before,
        "after": one.after,
        "percent": percent,
        "kind": kind,
        "tone": {"added": "info", "removed": "hold", "raised": "warn", "lowered": "ok"}[kind],
        "label": {
            "added": _("Added"),
            "removed": _("Removed"),
            "raised": _("Raised"),
            "lowered": _("Lowered"),
        }[kind],
    }


def _kind(one: queries.PriceChange) -> str:
    if one.before is None:
        return "added"
    if one.after is None:
        return "removed"
    return "raised" if one.after > one.before else "lowered"


def _counts(changes: Sequence[queries.PriceChange]) -> str:
    """2 raised · 1 added."""
    texts = {
        "raised": _("%(n)s raised"),
        "lowered": _("%(n)s lowered"),
        "added": _("%(n)s added"),
        "removed": _("%(n)s removed"),
    }
    kinds = [_kind(one) for one in changes]
    return " · ".join(text % {"n": kinds.count(kind)} for kind, text in texts.items() if kind in kinds)


def factors(rows: Sequence[price.Rung], names: Names) -> list[dict[str, Any]]:
    """The factors that hold for the account on the guide price."""
    return [
        {
            "label": names.facets(row.tier, row.region, row.line_id),
            "factor": f"{row.price.normalize():f}",
            "period": words.period(row.valid_from, row.valid_until),
        }
        for row in rows
    ]


def promotions(found: Sequence[queries.PromotionView]) -> list[dict[str, Any]]:
    return [
        {
            "name": one.name,
            "url": reverse("promotion", args=[one.id]),
            "grants": words.grants(one),
            "period": words.period(one.valid_from, one.valid_until),
        }
        for one in found
    ]


def documents(version: queries.VersionView, actor: scope.Actor) -> list[dict[str, str]]:
    """The signed paper and the workbook the version was drafted from, where they are kept with us."""
    found = []
    for label, digest, page in (
        (_("Signed paper"), version.document_digest, "version_paper"),
        (_("Workbook it was drafted from"), version.terms.get("source", ""), "version_source"),
    ):
        if not digest:
            continue
        kept = queries.find_stored_file(digest, node_id=version.node_id, actor=actor)
        url = reverse(page, args=[version.id]) if kept else ""
        found.append({"label": label, "name": kept[0] if kept else "", "url": url, "digest": digest})
    return found


def timeline(detail: queries.ContractDetail, actor: scope.Actor) -> list[dict[str, Any]]:
    """Who drafted, who signed which version for whom, and who ended it why; newest first. Beside an entry stands who
    recorded it: that may be another person, or the system."""
    subject = f"pricing.contract:{detail.contract.id}"
    signed = {one.number: (one.signed_by, one.countersigned_by) for one in detail.versions}
    found = queries_journal.list_about(subjects=[subject], node_ids=(), actor=actor, limit=TIMELINE)
    entries = queries_journal.as_timeline(found, of=subject, actor=actor)
    for leaf, entry in zip(found, entries, strict=True):
        if "version" in leaf.data:
            count = leaf.data.get("prices", 0)
            entry["detail"] = ngettext(
                "Version %(number)s, %(prices)s price", "Version %(number)s, %(prices)s prices", count
            ) % {"number": leaf.data["version"], "prices": count}
            ours, theirs = signed.get(leaf.data["version"], ("", ""))
            if leaf.type == "pricing.version.effected" and ours:
                told = {"ours": ours, "theirs": theirs}
                entry["detail"] += (
                    " · " + _("Signed by %(ours)s for the supplier, by %(theirs)s for the buyer") % told
                )
        elif leaf.type == "pricing.contract.ended":
            told = {"day": leaf.data["last_day"], "reason": leaf.data["reason"]}
            entry["detail"] = _("Last day %(day)s: %(reason)s") % told
    return entries


def audience(one: queries.PromotionView, names: Names) -> str:
    """Whom a promotion is for: line, tiers, regions, number of products."""
    parts = [
        names.lines.get(one.line_id, "") if one.line_id else "",
        _("Tiers %(tiers)s") % {"tiers": "、".join(one.tiers)} if one.tiers else "",
        "、".join(names.regions.get(region, "") for region in one.region_ids),
        ngettext("%(n)s product", "%(n)s products", len(one.item_ids)) % {"n": len(one.item_ids)}
        if one.item_ids
        else "",
    ]
    return " · ".join(filter(None, parts)) or _("Everybody")
