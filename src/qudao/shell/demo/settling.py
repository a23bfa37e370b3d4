"""Month by month: invoices, receipts, statements, rebates, sell-through files; what comes after a month's trade."""

import datetime as dt
import random
from collections.abc import Sequence
from decimal import Decimal

from qudao.kernel import periods, scope
from qudao.organisation import operations as organisation
from qudao.organisation import queries as organisation_queries
from qudao.pricing import queries as pricing
from qudao.settlement import operations as settlement
from qudao.settlement import queries
from qudao.shell.demo import cast, days, deals, flows, network
from qudao.shell.demo.lane import Lane

# Invoices of the second day are due thirty days later.
LATEST, A_FORTNIGHT = 30, dt.timedelta(days=14)
# Who bought nothing in a month is stated in the last half year; making more of them would take too long. What went
# before stands in the first of those statements.
QUIET_MONTHS = 6


def after(lane: Lane, month: dt.date) -> None:
    """Plan what follows the month `month` in the one after it."""
    following = periods.add_months(month, 1)
    active = [one for one in ours(lane) if (one.key, month) in lane.busy]
    disputing = _disputing(lane, active, month)
    agreeing = [one.key for one in active if one != disputing and one.key != "kangze"]
    left = agreeing[4::6] or agreeing[-1:]
    for place, one in enumerate(active):
        minute = dt.timedelta(minutes=3 * place)
        lane.at(cast.instant(following, 9, 20) + dt.timedelta(days=1) + minute, _invoice(lane, one, month))
        lane.at(
            cast.instant(following, 9, 40) + dt.timedelta(days=5) + minute,
            _state(lane, one, month, place, disputes=one == disputing, left=one.key in left),
        )
    if periods.add_months(lane.demo.last_stated, -QUIET_MONTHS) < month <= lane.demo.last_stated:
        lane.at(cast.instant(following, 13) + dt.timedelta(days=6), _state_quiet(lane, month, active))
    for one in ours(lane):
        if not one.paying.startswith("stopped"):
            lane.at(cast.instant(following, 14) + dt.timedelta(days=_pays_after(one)), _pay(lane, one))
        elif month < periods.add_months(lane.demo.today.replace(day=1), -int(one.paying.split()[1]) - 1):
            lane.at(cast.instant(following, 14) + dt.timedelta(days=26), _pay(lane, one))
    if following.month % 3 == 1:
        lane.at(cast.instant(following, 10) + dt.timedelta(days=7), _rebates(lane, month))
    # The month that ended last is left to be closed.
    if month < lane.demo.last_stated:
        closed = days.on_or_after(following + dt.timedelta(days=24))
        lane.at(cast.instant(closed, 17), lambda now: _close(lane, month, now))
    lane.at(cast.instant(following, 15) + dt.timedelta(days=3), lambda now: flows.report(lane, month, now))


def _pays_after(one: network.Partner) -> int:
    """Days into the month: the slow pay what they owe of the month before, the others as late as they may or
    sooner, each in its own habit."""
    if one.paying == "slow":
        return 13
    return LATEST if one.key == "kangze" else random.Random(one.key).choice((16, 23, LATEST, LATEST))


def ours(lane: Lane) -> list[network.Partner]:
    return [one for one in lane.demo.partners.values() if one.lines and one.entity in lane.entities]


def _disputing(lane: Lane, active: Sequence[network.Partner], month: dt.date) -> network.Partner | None:
    """Who does not agree with the month's statement: in the first lane, the largest dealer but 康泽."""
    if month not in lane.demo.disputes or "qd" not in lane.entities:
        return None
    able = [one for one in active if one.role in ("dealer", "agent") and one.paying == "prompt"]
    able = [one for one in able if one.key != "kangze"]
    return max(able, key=lambda one: one.weight, default=None)


# --- Invoices and receipts -------------------------------------------------------------------------


def _invoice(lane: Lane, one: network.Partner, month: dt.date):
    def act(now: dt.datetime) -> None:
        made = settlement.issue_invoices(
            debtor_node_id=lane.demo.debtors[one.key],
            up_to=periods.add_months(month, 1) - dt.timedelta(days=1),
            actor=lane.cast("sunli"),
            now=now,
        )
        lane.report.counts["invoices"] += len(made)

    return act


def _pay(lane: Lane, one: network.Partner):
    """Pay what is open: the slow ones what was billed before this month, the others what came a fortnight ago."""

    def act(now: dt.datetime) -> None:
        clerk, today = lane.cast("qianfang"), periods.business_date(now)
        with scope.transaction(clerk):
            found = queries.open_items(lane.demo.debtors[one.key], today=today, actor=clerk).invoices
        billed_by = today.replace(day=1) if one.paying == "slow" else today - A_FORTNIGHT
        due = [invoice.open for invoice in found if invoice.open > 0 and invoice.issued_on <= billed_by]
        total = sum(due, Decimal(0))
        if total <= 0:
            return
        settlement.record_receipt(
            debtor_node_id=lane.demo.debtors[one.key],
            amount=total,
            method=random.Random(f"{one.key} {now}").choice(("bank", "bank", "bank", "bill")),
            reference=f"{'ICBC' if one.entity == 'qd' else 'CCB'}-{now:%Y%m%d}-{lane.demo.debtors[one.key]:04d}",
            received_on=today,
            actor=clerk,
            now=now,
        )
        lane.report.counts["receipts of money"] += 1

    return act


# --- Statements ------------------------------------------------------------------------------------


def _state(lane: Lane, one: network.Partner, month: dt.date, place: int, *, disputes: bool, left: bool):
    """Built and sent; confirmed some days later and locked at the month's end. The newest are still open, some of
    them `left` as drafts."""
    newest = month >= lane.demo.last_stated

    def act(now: dt.datetime) -> None:
        clerk = lane.cast("sunli")
        # The next cannot be built while the one before is a draft.
        if unsent := lane.unsent.pop(one.key, None):
            settlement.send_statement(statement_id=unsent, actor=clerk, now=now)
        built = settlement.build_statement(
            debtor_node_id=lane.demo.debtors[one.key], month=month, actor=clerk, now=now
        ).statement
        lane.report.counts["statements"] += 1
        lane.report.found[f"statements {month}"].append((one.key, str(built.id)))
        if newest and left:
            lane.unsent[one.key] = built.id
            return
        sent = now + dt.timedelta(hours=1)
        cast.tell(sent)
        settlement.send_statement(statement_id=built.id, actor=clerk, now=sent)
        if disputes:
            lane.at(now + dt.timedelta(days=2), _dispute(lane, one, month, built.id))
        elif not newest or place % 2 == 0:
            lane.at(now + dt.timedelta(days=2 + place % 3), _confirm(lane, one, built.id, lock=not newest))
        else:
            lane.report.found["statements sent"].append(str(built.id))

    return act


def _state_quiet(lane: Lane, month: dt.date, active: Sequence[network.Partner]):
    """Those who bought nothing in the month, but were billed or paid; of the newest month also those who only owe, the
    last of whom is left to be stated."""
    busy = {one.key for one in active}
    newest = month == lane.demo.last_stated

    def act(now: dt.datetime) -> None:
        clerk = lane.cast("sunli")
        with scope.transaction(clerk):
            waiting = set(queries.debtors_to_state(month, carried=newest, actor=clerk))
        quiet = [one for one in ours(lane) if one.key not in busy and lane.demo.debtors[one.key] in waiting]
        for place, one in enumerate(quiet[:-1] if newest else quiet):
            minute = dt.timedelta(minutes=3 * place)
            lane.at(now + minute, _state(lane, one, month, place, disputes=False, left=False))

    return act


def _confirm(lane: Lane, one: network.Partner, statement_id, *, lock: bool = True):
    def act(now: dt.datetime) -> None:
        settlement.confirm_statement(statement_id=statement_id, actor=lane.cast.of(one.key), now=now)
        locking = now.replace(day=19)
        if lock and locking > now:
            lane.at(locking, lambda later: _lock(lane, statement_id, later))

    return act


def _lock(lane: Lane, statement_id, now: dt.datetime) -> None:
    settlement.lock_statement(statement_id=statement_id, actor=lane.cast("sunli"), now=now)
    lane.report.counts["statements locked"] += 1
    lane.report.found["statements locked"].append(str(statement_id))


def _dispute(lane: Lane, one: network.Partner, month: dt.date, statement_id):
    """One line disputed; in the month before the newest it was settled, explained and confirmed."""

    def act(now: dt.datetime) -> None:
        partner = lane.cast.of(one.key)
        with scope.transaction(partner):
            detail = queries.get_statement(statement_id, actor=partner)
        line = next(line for line in detail.lines if line.section == "sales")
        reason, note = lane.demo.disputes[month]
        settlement.dispute_line(
            statement_id=statement_id, no=line.no, reason=reason, note=note, actor=partner, now=now
        )
        lane.report.found["disputed"].append((one.key, str(statement_id), line.no, str(month)))
        if month != lane.demo.last_stated:
            lane.at(
                now + dt.timedelta(days=2), lambda later: _settle(lane, one, statement_id, line.no, later)
            )

    return act


def _settle(lane: Lane, one: network.Partner, statement_id, no: int, now: dt.datetime) -> None:
    settlement.resolve_dispute(
        statement_id=statement_id,
        no=no,
        outcome="explained",
        resolution="已提供签收单与随货同行单，数量一致",
        actor=lane.cast("sunli"),
        now=now,
    )
    lane.at(now + dt.timedelta(days=1), _confirm(lane, one, statement_id))


# --- Periods ---------------------------------------------------------------------------------------


def _close(lane: Lane, month: dt.date, now: dt.datetime) -> None:
    """Close the month's books of each entity, once the next is well under way."""
    for code in lane.entities:
        for ledger in organisation_queries.LEDGERS:
            organisation.close_period(
                entity_id=lane.demo.company.entities[code],
                ledger=ledger,
                first_on=month,
                actor=lane.cast("qianfang"),
                now=now,
            )
            lane.report.counts["periods closed"] += 1


# --- Rebates ---------------------------------------------------------------------------------------


def _rebates(lane: Lane, month: dt.date):
    """The quarter that ends with `month`: calculated, and confirmed but for the newest ones of agents."""

    def act(now: dt.datetime) -> None:
        clerk, finance = lane.cast("sunli"), lane.cast("qianfang")
        confirmed = now + dt.timedelta(hours=3)
        for name, versions in sorted(lane.demo.versions.items()):
            key = name.split(".")[0]
            if lane.demo.partners[key].entity not in lane.entities:
                continue
            version = next((one for begin, one in reversed(versions) if begin <= month), None)
            if version is None:
                continue
            with scope.transaction(clerk):
                terms = pricing.rebate_terms(version_id=version, actor=clerk)
            for term in terms:
                cast.tell(now)
                run = settlement.run_rebate(
                    contract_version_id=version, term_id=term.id, day=month, actor=clerk, now=now
                ).run
                lane.report.counts["rebate runs"] += 1
                agents = lane.demo.partners[key].role == "agent" and run.payable > 0
                waits = month == lane.demo.last_quarter and agents
                lane.report.found["runs waiting" if waits else "runs"].append(
                    (name, str(run.id), str(run.payable), str(month))
                )
                # A run that pays nothing is confirmed too: it would stand among the waiting for ever.
                if not waits:
                    cast.tell(confirmed)
                    settlement.confirm_run(run_id=run.id, actor=finance, now=confirmed)
                    lane.pool[key] += run.payable

    return act


def amend(lane: Lane) -> None:
    """Plan the second versions of the largest contracts, signed some days before they begin."""

    def act(now: dt.datetime) -> None:
        for name, version in deals.amend(lane.demo, lane.entities, now=now, who=lane.cast):
            lane.report.found["versions"].append((name, version))
            lane.report.counts["contract versions"] += 1

    lane.at(cast.instant(periods.add_months(lane.demo.year, 6), 11) - dt.timedelta(days=9), act)
    if "qd" in lane.entities:
        lane.at(cast.instant(lane.demo.quarter, 11) - dt.timedelta(days=9), lambda now: _ask_more(lane, now))


def _ask_more(lane: Lane, now: dt.datetime) -> None:
    lane.report.counts["contract versions"] += deals.ask_more(lane.demo, now=now, who=lane.cast)
