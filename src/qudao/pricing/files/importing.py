"""Check a contract's workbook, and take it in as a draft."""

import dataclasses
import datetime as dt
import pathlib
import uuid
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import IO, Any

from django.db import IntegrityError, transaction

from qudao.catalog import queries as catalog
from qudao.kernel import blobs, errors, periods, scope, tabular
from qudao.kernel import models as kernel
from qudao.pricing import operations, queries

from . import sheets, verdicts

Source = bytes | str | pathlib.Path | IO[bytes]

_DAY = dt.timedelta(days=1)
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What every row of a rebate repeats.
_SHARED = ("basis", "measure", "mode", "cap", "floor", "calendar", "tax_included")


@dataclasses.dataclass(frozen=True)
class ContractFile:
    """A dry run: the verdicts of each sheet, what is said of the file, and the draft it would make."""

    digest: str
    contract: tabular.Result
    prices: tabular.Result
    rebates: tabular.Result
    reasons: tuple[errors.Reason, ...]
    number: str
    title: str
    terms: operations.Terms | None
    new_prices: tuple[operations.NewPrice, ...]
    new_rebates: tuple[operations.NewRebate, ...]

    @property
    def results(self) -> tuple[tabular.Result, ...]:
        return self.contract, self.prices, self.rebates

    @property
    def ok(self) -> bool:
        return not any(reason.refuses for reason in self.reasons) and all(one.ok for one in self.results)

    def refusals(self) -> list[errors.Reason]:
        """The first refusals of the file and of each sheet."""
        found = [reason for reason in self.reasons if reason.refuses]
        for result in self.results:
            found += result.refusals()
        return found


def check_contract_file(
    source: Source,
    *,
    account: Any,
    contract_id: uuid.UUID | None = None,
    filename: str = "",
    actor: scope.Actor,
    now: dt.datetime,
) -> ContractFile:
    """The dry run of a contract's file for `account`; changes nothing and says everything at once.

    With `contract_id` the file is a further version of that contract. Raises NotFound for one not seen.
    """
    content = _content(source)
    today = periods.business_date(now)
    contract, prices, rebates = (
        tabular.read(content, sheet, today=today, filename=filename)
        for sheet in (sheets.CONTRACT, sheets.PRICES, sheets.REBATES)
    )
    prices, rebates = _may_be_empty(prices), _may_be_empty(rebates)
    digest = tabular.fingerprint(content)
    with scope.transaction(actor, acting=True):
        reasons = _file_reasons(digest, contract, account, contract_id, actor)
        terms = _terms(contract)
        prices, rows, new_prices = _new_prices(prices, account, today)
        rebates, first, new_rebates = _new_rebates(rebates)
        if terms is not None:
            found = operations.contract_reasons(
                account=account, terms=terms, prices=new_prices, rebates=new_rebates, now=now
            )
            contract, prices, rebates = _placed(found, contract, prices, rebates, rows, first)
    facts = contract.rows[0].values if contract.rows else {}
    return ContractFile(
        digest=digest,
        contract=contract,
        prices=prices,
        rebates=rebates,
        reasons=tuple(reasons),
        number=facts.get("number") or "",
        title=facts.get("title") or "",
        terms=terms,
        new_prices=tuple(new_prices),
        new_rebates=tuple(new_rebates),
    )


def import_contract(
    source: Source,
    *,
    account: Any,
    contract_id: uuid.UUID | None = None,
    filename: str = "",
    actor: scope.Actor,
    now: dt.datetime,
) -> queries.VersionView:
    """Take a contract's file in as a draft and keep the file; with `contract_id`, as its next version.

    Raises Refused with the first reasons of the dry run, `pricing.file_taken_in` for a file that was
    taken in for this account before. Nothing is changed then.
    """
    content = _content(source)
    with scope.transaction(actor, acting=True):
        checked = check_contract_file(
            content, account=account, contract_id=contract_id, filename=filename, actor=actor, now=now
        )
        if not checked.ok or checked.terms is None:
            raise errors.Refused(checked.refusals())
        drafted: dict[str, Any] = {
            "account": account,
            "terms": checked.terms,
            "prices": checked.new_prices,
            "rebates": checked.new_rebates,
            "source_digest": checked.digest,
            "actor": actor,
            "now": now,
        }
        if contract_id is None:
            view = operations.draft_contract(title=checked.title, number=checked.number, **drafted)
        else:
            view = operations.add_version(contract_id=contract_id, **drafted)
        _keep(content, account, filename, actor, now)
    return view


def _keep(content: bytes, account: Any, filename: str, actor: scope.Actor, now: dt.datetime) -> None:
    digest = blobs.put(content)
    row = kernel.StoredFile(
        digest=digest,
        node_id=account.node_id,
        name=filename[:255],
        media_type=_XLSX,
        size=len(content),
        purpose=queries.FILE_PURPOSE,
        stored_at=now,
        stored_by=actor.ref,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise errors.refuse("pricing.file_taken_in", on=periods.business_date(now)) from error


def _content(source: Source) -> bytes:
    if isinstance(source, bytes):
        return source
    limit = tabular.Limits().max_bytes + 1
    if isinstance(source, str | pathlib.Path):
        with open(source, "rb") as file:
            return file.read(limit)
    return source.read(limit)


def _may_be_empty(result: tabular.Result) -> tabular.Result:
    """A sheet with its header and no rows says that there are none."""
    kept = tuple(reason for reason in result.reasons if reason.code != "kernel.tabular.no_rows")
    return dataclasses.replace(result, reasons=kept)


def _file_reasons(
    digest: str,
    contract: tabular.Result,
    account: Any,
    contract_id: uuid.UUID | None,
    actor: scope.Actor,
) -> list[errors.Reason]:
    found = []
    taken = queries.find_file(digest, node_id=account.node_id, actor=actor)
    if taken is not None:
        found.append(errors.Reason("pricing.file_taken_in", params={"on": periods.business_date(taken)}))
    if contract.count > 1:
        found.append(errors.Reason("pricing.file_one_contract", params={"rows": contract.count}))
    facts = contract.rows[0].values if contract.rows else {}
    if facts.get("partner") and facts["partner"] != account.party_name:
        params = {"found": facts["partner"], "expected": account.party_name}
        found.append(errors.Reason("pricing.file_other_partner", params=params))
    if contract_id is not None:
        number = queries.get_contract(contract_id, actor).contract.number
        if facts.get("number") and facts["number"] != number:
            params = {"found": facts["number"], "expected": number}
            found.append(errors.Reason("pricing.file_other_contract", params=params))
    return found


def _terms(contract: tabular.Result) -> operations.Terms | None:
    if not contract.ok or contract.count != 1:
        return None
    facts = contract.rows[0].values
    return operations.Terms(
        valid_from=facts["valid_from"],
        valid_until=_after(facts["valid_to"]),
        payment_days=facts["payment_days"],
        excludes_promotions=bool(facts["excludes_promotions"]),
        note=facts["note"] or "",
    )


def _new_prices(
    result: tabular.Result, account: Any, today: dt.date
) -> tuple[tabular.Result, list[int], list[operations.NewPrice]]:
    """(verdicts with unknown items refused, the row number of each new price, the new prices)."""
    good = [row for row in result.rows if row.ok]
    codes = {row.values["code"] for row in good}
    items = catalog.items_by_code(codes, on=today, entity_id=account.entity_id) if codes else {}
    unknown = {
        row.number: [errors.Reason("pricing.item_unknown", row.number, {"item": row.values["code"]})]
        for row in good
        if row.values["code"] not in items
    }
    known = [row for row in good if row.number not in unknown]
    made = [
        operations.NewPrice(
            item_id=items[row.values["code"]].id,
            price=row.values["price"],
            tax_included=row.values["tax_included"] is not False,
            minimum_quantity=row.values["minimum_quantity"] or Decimal(0),
            valid_from=row.values["valid_from"],
            valid_until=_after(row.values["valid_to"]),
            clause=row.values["clause"] or "",
        )
        for row in known
    ]
    return verdicts.with_reasons(result, unknown), [row.number for row in known], made


def _new_rebates(
    result: tabular.Result,
) -> tuple[tabular.Result, list[int], list[operations.NewRebate]]:
    """(verdicts with disagreeing rows refused, the first row of each rebate, the rebates)."""
    groups: dict[str, list[tabular.RowResult]] = {}
    for row in result.rows:
        if row.ok:
            groups.setdefault(row.values["name"], []).append(row)
    differing: dict[int, list[errors.Reason]] = {}
    made: list[operations.NewRebate] = []
    for name, rows in groups.items():
        values = rows[0].values
        for row in rows[1:]:
            differing[row.number] = [
                errors.Reason(
                    "pricing.rebate_row_differs",
                    row.number,
                    {"column": result.sheet.column(column).header, "name": name},
                )
                for column in _SHARED
                if row.values[column] not in (None, values[column])
            ]
        made.append(
            operations.NewRebate(
                name=name,
                basis=values["basis"],
                scale=_scale(values, rows),
                calendar=values["calendar"] or "quarter",
                tax_included=values["tax_included"] is not False,
            )
        )
    return verdicts.with_reasons(result, differing), [rows[0].number for rows in groups.values()], made


def _scale(values: Mapping[str, Any], rows: Iterable[tabular.RowResult]) -> dict[str, Any]:
    return {
        "measure": values["measure"],
        "mode": values["mode"],
        "lower_inclusive": True,
        "tiers": [{"from": _text(row.values["from"]), "rate": _text(row.values["rate"])} for row in rows],
        "cap": _text(values["cap"]),
        "floor": _text(values["floor"]),
    }


def _text(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")


def _after(last_day: dt.date | None) -> dt.date | None:
    return None if last_day is None else last_day + _DAY


def _placed(
    found: Iterable[errors.Reason],
    contract: tabular.Result,
    prices: tabular.Result,
    rebates: tabular.Result,
    price_rows: list[int],
    rebate_rows: list[int],
) -> tuple[tabular.Result, tabular.Result, tabular.Result]:
    """Each reason of the draft at the row it is about."""
    of_contract: dict[int, list[errors.Reason]] = {}
    of_prices: dict[int, list[errors.Reason]] = {}
    of_rebates: dict[int, list[errors.Reason]] = {}
    for reason in found:
        target, number = of_contract, contract.rows[0].number
        if reason.line is not None:
            target, number = of_prices, price_rows[reason.line - 1]
            if "first" in reason.params:
                first = price_rows[reason.params["first"] - 1]
                reason = dataclasses.replace(reason, params={**reason.params, "first": first})
        elif "rebate" in reason.params:
            target, number = of_rebates, rebate_rows[reason.params["rebate"] - 1]
        target.setdefault(number, []).append(dataclasses.replace(reason, line=number))
    return (
        verdicts.with_reasons(contract, of_contract),
        verdicts.with_reasons(prices, of_prices),
        verdicts.with_reasons(rebates, of_rebates),
    )
