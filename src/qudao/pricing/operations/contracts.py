"""Contracts: drafted in versions, put into effect by two signatures, superseded, never overwritten."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from qudao.kernel import errors, journal, numbering, periods, scope, writes
from qudao.pricing import models, queries

from . import drafts, ending, writing
from . import prices as price_operations

SERIES = "HT"


def draft_contract(
    *,
    account: Any,
    title: str,
    terms: drafts.Terms,
    prices: Sequence[drafts.NewPrice] = (),
    rebates: Sequence[drafts.NewRebate] = (),
    number: str = "",
    source_digest: str = "",
    actor: scope.Actor,
    now: dt.datetime,
) -> queries.VersionView:
    """Draft a contract with its first version; nothing of it counts before it is put into effect.

    `account` is the channel account as partners give it. Raises Refused with every reason (`line` is the
    place in `prices`), `pricing.contract_number_taken` for a number in use.
    """
    actor.require(writing.MANAGE)
    with scope.transaction(actor, acting=True):
        errors.raise_if_refused(
            drafts.contract_reasons(account=account, terms=terms, prices=prices, rebates=rebates, now=now)
        )
        on = periods.business_date(now)
        entry = journal.entry()
        contract = models.Contract(
            entry=entry,
            created_at=now,
            node_id=account.node_id,
            number=number or numbering.take_one(entity_id=account.entity_id, series=SERIES, on=on),
            entity_id=account.entity_id,
            party_id=account.party_id,
            account_id=account.id,
            title=title,
        )
        try:
            with transaction.atomic():
                contract.save(force_insert=True)
        except IntegrityError as error:
            raise errors.refuse("pricing.contract_number_taken", number=contract.number) from error
        rows = writes.written([contract])
        return _drafted(contract, 1, terms, prices, rebates, source_digest, rows, entry, now)


def add_version(
    *,
    contract_id: uuid.UUID,
    account: Any,
    terms: drafts.Terms,
    prices: Sequence[drafts.NewPrice] = (),
    rebates: Sequence[drafts.NewRebate] = (),
    source_digest: str = "",
    actor: scope.Actor,
    now: dt.datetime,
) -> queries.VersionView:
    """Draft the next version of a contract of `account`: prices and rebates in full, as they shall stand.

    Raises NotFound, or Refused as `draft_contract`.
    """
    actor.require(writing.MANAGE)
    with scope.transaction(actor, acting=True):
        contract = _locked(contract_id)
        if contract.account_id != account.id:
            raise errors.NotFound()
        errors.raise_if_refused(
            drafts.contract_reasons(account=account, terms=terms, prices=prices, rebates=rebates, now=now)
        )
        number = 1 + max(
            models.ContractVersion.objects.filter(contract=contract).values_list("number", flat=True)
        )
        return _drafted(contract, number, terms, prices, rebates, source_digest, [], journal.entry(), now)


def put_into_effect(
    *,
    version_id: int,
    signed_by: str,
    countersigned_by: str,
    document_digest: str,
    actor: scope.Actor,
    now: dt.datetime,
) -> queries.VersionView:
    """Put a draft into effect: its prices begin to count, those of the version before it end that day.

    `signed_by` signs for us, `countersigned_by` for the partner; `document_digest` is the SHA-256 of the
    signed paper. Raises NotFound; Refused `pricing.version_not_draft`, `pricing.signature_missing`,
    `pricing.version_order` (it does not begin after the one in effect), `pricing.price_overlap` for each
    price already agreed elsewhere. Nothing is changed then.
    """
    actor.require(writing.SIGN)
    if not (signed_by.strip() and countersigned_by.strip() and document_digest):
        raise errors.refuse("pricing.signature_missing")
    with scope.transaction(actor, acting=True):
        version = _locked_version(version_id)
        contract = version.contract
        if version.status != "draft":
            raise errors.refuse("pricing.version_not_draft", citation=_citation(contract, version))
        entry = journal.entry()
        rows = _supersede(contract, version, entry)
        drafted = version.terms.pop("price_rows", [])
        version.entry = entry
        version.status = "effective"
        version.signed_by, version.countersigned_by = signed_by.strip(), countersigned_by.strip()
        version.document_digest = document_digest
        version.signed_at = now
        version.save()
        if contract.status != "effective":
            contract.status = "effective"
        contract.version += 1
        contract.entry = entry
        contract.save()
        made = [_price_row(contract, version, price, actor) for price in drafted]
        rows += writes.written([contract, version])
        rows += writing.insert(made, keys=price_operations.PRICE_KEYS, entry=entry)
        journal.record(
            entry,
            "pricing.version.effected",
            subject=f"pricing.contract:{contract.pk}",
            at=now,
            node_id=contract.node_id,
            rows=rows,
            data={
                "contract": contract.number,
                "version": version.number,
                "version_id": version.pk,
                "document": document_digest,
                "prices": len(made),
            },
        )
        return _view(contract, version, len(made))


def _drafted(
    contract: models.Contract,
    number: int,
    terms: drafts.Terms,
    prices: Sequence[drafts.NewPrice],
    rebates: Sequence[drafts.NewRebate],
    source_digest: str,
    rows: list[journal.Row],
    entry: uuid.UUID,
    now: dt.datetime,
) -> queries.VersionView:
    """Write a draft version. Its prices stay in its terms, so that no price can be found before its time."""
    kept: dict[str, Any] = {
        "payment_days": terms.payment_days,
        "excludes_promotions": terms.excludes_promotions,
        "note": terms.note,
    }
    if source_digest:
        kept["source"] = source_digest
    version = models.ContractVersion(
        entry=entry,
        node_id=contract.node_id,
        contract=contract,
        number=number,
        valid_from=terms.valid_from,
        valid_until=terms.valid_until,
        terms={**kept, "price_rows": [drafts.price_json(new, terms) for new in prices]},
    )
    version.save(force_insert=True)
    made = [
        models.RebateTerm(
            entry=entry,
            node_id=contract.node_id,
            contract_version=version,
            name=rebate.name.strip(),
            direction=rebate.direction,
            basis=rebate.basis,
            scale=dict(rebate.scale),
            counts=dict(rebate.counts),
            calendar=rebate.calendar,
            tax_included=rebate.tax_included,
            tax_rate=rebate.tax_rate,
            pool_months=rebate.pool_months,
            pool_share=rebate.pool_share,
        )
        for rebate in rebates
    ]
    if made:
        models.RebateTerm.objects.bulk_create(made)
    journal.record(
        entry,
        "pricing.version.drafted",
        subject=f"pricing.contract:{contract.pk}",
        at=now,
        node_id=contract.node_id,
        rows=[*rows, *writes.written([version, *made])],
        data={"contract": contract.number, "version": number, "prices": len(prices)},
    )
    return _view(contract, version, len(prices))


def _price_row(
    contract: models.Contract, version: models.ContractVersion, drafted: Mapping[str, Any], actor: scope.Actor
) -> models.PriceRow:
    until = drafted["valid_until"]
    return models.PriceRow(
        node_id=contract.node_id,
        entity_id=contract.entity_id,
        kind="hospital" if drafted["hospital_id"] else "contract",
        item_id=drafted["item_id"],
        account_id=contract.account_id,
        hospital_id=drafted["hospital_id"],
        minimum_quantity=Decimal(drafted["minimum_quantity"]),
        price=Decimal(drafted["price"]),
        tax_included=drafted["tax_included"],
        valid_from=dt.date.fromisoformat(drafted["valid_from"]),
        valid_until=dt.date.fromisoformat(until) if until else None,
        contract_version=version,
        citation=f"{_citation(contract, version)} {drafted['clause']}".strip(),
        excludes_promotions=version.terms["excludes_promotions"],
        approved_by=actor.ref,
    )


def _supersede(
    contract: models.Contract, version: models.ContractVersion, entry: uuid.UUID
) -> list[journal.Row]:
    """End the version in effect, and its prices, the day the new one begins."""
    earlier = ending.reaching(contract, version.valid_from)
    for other in earlier:
        if other.valid_from >= version.valid_from:
            raise errors.refuse(
                "pricing.version_order", citation=_citation(contract, other), begins=other.valid_from
            )
    return ending.end_versions(earlier, version.valid_from, entry)


def _locked(contract_id: uuid.UUID) -> models.Contract:
    contract = models.Contract.objects.select_for_update().filter(pk=contract_id).first()
    if contract is None:
        raise errors.NotFound()
    return contract


def _locked_version(version_id: int) -> models.ContractVersion:
    """The version, its contract locked: versions of one contract come into effect one after the other."""
    found = models.ContractVersion.objects.filter(pk=version_id).values_list("contract_id", flat=True).first()
    if found is None:
        raise errors.NotFound()
    contract = _locked(found)
    version = models.ContractVersion.objects.get(pk=version_id)
    version.contract = contract
    return version


def _citation(contract: models.Contract, version: models.ContractVersion) -> str:
    return f"{contract.number} v{version.number}"


def _view(
    contract: models.Contract, version: models.ContractVersion, price_count: int
) -> queries.VersionView:
    return queries.VersionView(
        id=version.pk,
        contract_id=contract.pk,
        contract_number=contract.number,
        node_id=contract.node_id,
        entity_id=contract.entity_id,
        party_id=contract.party_id,
        account_id=contract.account_id,
        number=version.number,
        status=version.status,
        valid_from=version.valid_from,
        valid_until=version.valid_until,
        terms={name: value for name, value in version.terms.items() if name != "price_rows"},
        price_count=price_count,
        document_digest=version.document_digest,
        signed_by=version.signed_by,
        countersigned_by=version.countersigned_by,
        signed_at=version.signed_at,
    )
