"""The package tree of one record: how many primary units a package holds."""

from typing import Any

from qudao.kernel import errors

from . import records


def base_quantities(record: records.DeviceRecord) -> tuple[dict[str, int], tuple[errors.Reason, ...]]:
    """DI → number of primary units it holds, the primary DI itself 1; and what is wrong with the tree.

    Every package contains one lower DI; the chain ends at the primary DI without a cycle. A package
    whose chain is broken has a reason and no quantity.
    """
    reasons: list[errors.Reason] = []
    packings: dict[str, records.Packing] = {}
    for packing in record.packings:
        if packing.di == record.primary_di or packings.setdefault(packing.di, packing) != packing:
            reasons.append(_flaw(record, "catalog.nmpa_packing_twice", di=packing.di))  # noqa: PERF401
    quantities = {record.primary_di: 1}
    for di in packings:
        chain: list[records.Packing] = []
        while di not in quantities and di in packings and len(chain) <= len(packings):
            chain.append(packings[di])
            di = packings[di].contains_di
        if di in quantities:
            for packing in reversed(chain):
                quantities[packing.di] = quantities[packing.contains_di] * packing.contains_count
        elif di in packings:
            reasons.append(_flaw(record, "catalog.nmpa_packing_cycle", di=chain[0].di))
        else:
            reasons.append(_flaw(record, "catalog.nmpa_packing_loose", di=chain[0].di, missing=di))
    return quantities, tuple(reasons)


def _flaw(record: records.DeviceRecord, code: str, **params: Any) -> errors.Reason:
    return errors.Reason(code, record.position, {"key": record.key, **params})
