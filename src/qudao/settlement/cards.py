"""What settlement shows on other pages: figures at the order desk, cards on the page of a partner."""

import datetime as dt
import decimal
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qudao.catalog import queries as catalog
from qudao.kernel import money, periods, scope
from qudao.orders import queries as orders
from qudao.organisation import queries as organisation
from qudao.partners import queries as partners
from qudao.pricing import names as term_words
from qudao.pricing import queries as pricing
from qudao.settlement import queries, showing
from qudao.settlement.presenting import money as money_pages
from qudao.settlement.presenting import pools, sides, statements, tiers
from qudao.settlement.rules import billing, expected
from qudao.ui import cards, formats, tables

CREDIT, INVOICES = "settlement.credit.view", "settlement.invoice.view"
REBATES, STATEMENTS = "settlement.rebate.view", "settlement.statement.view"
LATEST = 5


def of_account(
    account: partners.Account, *, basket: cards.Basket | None = None, actor: scope.Actor, now: dt.datetime
) -> list[cards.Fact]:
    """What an order of the account may use and what it moves: credit, pool, the tier of the rebate; and what
    rebate the `basket` may be expected to bring.

    For our own people and the partner itself; the agent above it sees none of it.
    """
    if not _concerned(account.party_id, actor):
        return []
    today = periods.business_date(now)
    found = []
    if actor.can(CREDIT) or actor.party_id:
        credit = queries.find_credit(account.debtor_node_id, on=today, actor=actor)
        if credit is not None:
            found.append(_available(credit))
    pool = queries.pool_of(account.debtor_node_id, today=today, actor=actor)
    found.append(
        cards.Fact(
            label=_("Rebate pool available"),
            value=formats.amount(pool.usable, "CNY"),
            detail=_share(pool) if pool.usable else "",
            use=_offered(pool, basket),
        )
    )
    terms = pricing.rebate_terms(account_id=account.id, on=today, actor=actor)
    for one in queries.progress(terms, today=today):
        found.append(_attainment(one))
        if basket is not None:
            found.append(_brings(one, basket))
    return found


def of_order(
    order: orders.OrderView, shipment_line_ids: Sequence[int], *, actor: scope.Actor
) -> list[cards.Fact]:
    """What of a delivered order is invoiced, and what not yet; for those who see invoices or what is owed."""
    if not _concerned(order.party_id, actor) or not (actor.can(INVOICES) or actor.can(CREDIT)):
        return []
    found = queries.invoiced_of_order(
        order.debtor_node_id, since=order.business_on, shipment_line_ids=shipment_line_ids, actor=actor
    )
    if found is None:
        return []
    both = " / ".join(formats.amount(amount) for amount in found)
    return [cards.Fact(label=_("Invoiced / not invoiced"), value=both)]


def _offered(pool: queries.PoolView, basket: cards.Basket | None) -> Decimal | None:
    """What of the pool this order may take: all, or the share of the order that rebates may pay."""
    if basket is None:
        return None
    share = (basket.gross * pool.max_share).quantize(Decimal("0.01"), decimal.ROUND_DOWN)
    return min(pool.usable, share) or None


def _brings(progress: queries.Progress, basket: cards.Basket) -> cards.Fact:
    more = basket.net if progress.measure == "amount" else basket.quantity
    volume = _volume(progress)
    gain = expected.at(progress.curve, volume + more) - expected.at(progress.curve, volume)
    return cards.Fact(
        label=_("Rebate expected of this order"),
        value=formats.amount(money.amount(gain), "CNY"),
        detail=term_words.rebate(progress.name),
    )


def of_partner(party_id: int, *, actor: scope.Actor, now: dt.datetime) -> list[cards.Card]:
    """Credit, open items, rebates, pool and statements of a partner, debtor by debtor."""
    if not _concerned(party_id, actor):
        return []
    today = periods.business_date(now)
    accounts = partners.list_accounts(party_id=party_id, actor=actor)
    names = {one.id: one.short_name for one in organisation.list_entities()}
    debtors = {account.debtor_node_id: names[account.entity_id] for account in accounts}
    found: list[cards.Card] = []
    for node, entity in debtors.items():
        several = entity if len(debtors) > 1 else ""
        found += _of_debtor(node, several, today, actor)
    if actor.can(REBATES):
        found += _progresses(party_id, accounts, today, actor)
    return found


def _concerned(party_id: int, actor: scope.Actor) -> bool:
    return actor.house or actor.party_id == party_id


def _of_debtor(node: int, entity: str, today: dt.date, actor: scope.Actor) -> Iterator[cards.Card]:
    def titled(title: str) -> str:
        return f"{title} · {entity}" if entity else title

    if actor.can(CREDIT) or actor.party_id:
        credit = queries.find_credit(node, on=today, actor=actor)
        if credit is not None:
            yield cards.Card(
                title=titled(_("Credit")),
                template="settlement/credit.html",
                context={
                    "facts": [
                        *_credit_facts(credit, sides.words(actor)),
                        # Who reads no invoices reads here when the first of them is due.
                        *([] if actor.can(INVOICES) else _first_due(node, today, actor)),
                    ],
                    "available": credit.available,
                    "link": sides.words(actor)["account"],
                    "url": reverse("debtor", args=[node]) if actor.can(CREDIT) else "",
                },
                order=10,
            )
    if actor.can(INVOICES):
        yield _open_items(node, titled, today, actor)
    if actor.can(REBATES):
        table = pools.latest(node, actor)
        if table is not None:
            pool = queries.pool_of(node, today=today, actor=actor)
            yield cards.Card(
                title=titled(_("Rebate pool")),
                template="settlement/pool.html",
                context={
                    "pool": pool,
                    "share": _share(pool),
                    "table": table,
                    "url": reverse("pool", args=[node]),
                },
                order=26,
                wide=True,
            )
    if actor.can(STATEMENTS):
        listed = queries.list_statements(actor=actor, debtor_node_id=node, limit=LATEST).rows
        yield cards.Card(
            title=titled(_("Statements")),
            template="ui/parts/card_table.html",
            context={
                "table": statements.statement_table(listed, actor),
                "more": reverse("statements") if actor.party_id else "",
            },
            order=14,
            wide=True,
        )


def _available(credit: queries.CreditView) -> cards.Fact:
    overdue = _("%(amount)s overdue") % {"amount": formats.amount(credit.overdue)} if credit.overdue else ""
    return cards.Fact(
        label=_("Credit available"),
        value=formats.amount(credit.available, "CNY"),
        detail=overdue,
        tone="bad" if credit.overdue or credit.available <= 0 else "",
    )


def _credit_facts(credit: queries.CreditView, called: Mapping[str, Any]) -> list[tuple[str, Any]]:
    until = (
        _("until %(day)s") % {"day": formats.day(periods.last_day(credit.temporary_until))}
        if credit.temporary_until
        else ""
    )
    return [
        (_("Limit"), formats.amount(credit.limit)),
        *(
            [(_("Temporary limit"), f"{formats.amount(credit.temporary)} {until}")]
            if credit.temporary
            else []
        ),
        (called["receivable"], formats.amount(credit.receivable)),
        (_("Shipped, not invoiced"), formats.amount(credit.shipped_not_invoiced)),
        (_("Open orders"), formats.amount(credit.open_orders)),
        (called["prepaid"], formats.amount(credit.prepaid)),
        (_("Overdue"), formats.amount(credit.overdue)),
        (_("Payment term"), _("%(days)s days") % {"days": credit.payment_days}),
    ]


def _first_due(node: int, today: dt.date, actor: scope.Actor) -> list[tuple[str, Any]]:
    invoices = queries.open_items(node, today=today, actor=actor).invoices
    return [(_("First due"), formats.day(invoices[0].due_on))] if invoices else []


def _share(pool: queries.PoolView) -> str:
    """How much of an order the pool may pay, and what lapses next."""
    parts = [_("At most %(share)s of an order") % {"share": formats.rate(pool.max_share)}]
    if pool.next_expiry:
        parts.append(_("Next expiry on %(day)s") % {"day": formats.day(pool.next_expiry)})
    return " · ".join(parts)


def _open_items(node: int, titled, today: dt.date, actor: scope.Actor) -> cards.Card:
    found, called = queries.open_items(node, today=today, actor=actor), sides.words(actor)
    due: dict[str, dt.date] = {}
    for one in found.invoices:
        due.setdefault(billing.bucket(due_on=one.due_on, today=today), one.due_on)
    rows = [
        {
            "age": money_pages.BUCKETS[bucket],
            "url": f"{reverse('invoices')}?debtor={node}&age={bucket}",
            "open": amount,
            "open_tone": None if bucket == "not_due" else "bad",
            "first": _("first due on %(day)s") % {"day": formats.day(due[bucket])},
        }
        for bucket, amount in found.ageing.items()
        if amount
    ]
    if found.unapplied:
        credits_url = f"{reverse('invoices')}?debtor={node}&credit=1"
        rows.append({"age": _("Unapplied credit"), "url": credits_url, "open": -found.unapplied})
    table = tables.Table(
        label=called["open_items"],
        columns=[
            tables.Column(key="age", label=_("Age"), sub="first"),
            tables.Column(key="open", label=_("Open amount"), kind="money"),
        ],
        rows=rows,
        sums={"open": found.total - found.unapplied} if rows else {},
        sums_label=formats.in_all(
            ngettext("%(count)s invoice open", "%(count)s invoices open", len(found.invoices))
            % {"count": len(found.invoices)}
        ),
        empty=tables.Empty(title=_("Nothing open"), hint=_("Every invoice is paid."), icon="circle-check"),
    )
    return cards.Card(
        title=titled(called["open_items"]),
        template="settlement/table.html",
        context={"table": table},
        order=12,
    )


def _following(progress: queries.Progress) -> str:
    return tiers.following(
        progress, rate=progress.rate, missing=progress.missing, next_rate=progress.next_rate
    )


def _attainment(progress: queries.Progress) -> cards.Fact:
    volume = _volume(progress)
    whole = volume + progress.missing if progress.missing is not None else volume
    return cards.Fact(
        label=term_words.rebate(progress.name),
        value="",
        detail=_following(progress),
        bar=volume / whole if whole else Decimal(1),
    )


def _volume(progress: queries.Progress) -> Decimal:
    return progress.volume_amount if progress.measure == "amount" else progress.volume_quantity


def _progresses(
    party_id: int, accounts: Sequence[partners.Account], today: dt.date, actor: scope.Actor
) -> list[cards.Card]:
    names, lines = catalog.line_names(), {account.id: account.line_id for account in accounts}
    terms = pricing.rebate_terms(party_id=party_id, on=today, actor=actor)
    line_of = {term.id: names[lines[term.account_id]] for term in terms if term.account_id in lines}
    known = [term for term in terms if term.id in line_of]
    return [_progress(one, line_of[one.term_id]) for one in queries.progress(known, today=today)]


def _progress(progress: queries.Progress, line: str) -> cards.Card:
    return cards.Card(
        title=f"{term_words.rebate(progress.name)} · {line}",
        template="settlement/progress.html",
        context={
            "chart": f"rebate-{progress.term_id}",
            "option": tiers.drawn(
                progress.curve,
                here=_volume(progress),
                earned=progress.earned,
                on_amount=progress.measure == "amount",
            ),
            "next": _following(progress),
            "label": _("%(name)s: rebate by volume") % {"name": term_words.rebate(progress.name)},
            "facts": [
                (_("Period"), showing.span(progress.period_from, progress.period_until)),
                (
                    _("Volume so far"),
                    tiers.measured(progress, progress.volume_amount, progress.volume_quantity),
                ),
                (_("Tier now"), tiers.paid(progress, progress.rate)),
                (_("Earned so far"), formats.amount(progress.earned, "CNY")),
                *(
                    [(_("Already settled"), formats.amount(progress.settled, "CNY"))]
                    if progress.settled
                    else []
                ),
            ],
        },
        order=20,
        charts=True,
    )
