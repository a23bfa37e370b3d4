"""What one reading of a code found, and what it could not."""

import dataclasses
import datetime as dt
from typing import Any, Literal

from qudao.kernel import errors as reasons

Carrier = Literal["gs1", "ma", "hibc", "iccbba", "unknown"]


@dataclasses.dataclass(frozen=True, slots=True)
class Label:
    """What the register says the label carries: True, False, or None where nothing is known.

    Known to be absent, a field is no longer a candidate when a text could be read in two ways.
    """

    lot: bool | None = None
    serial: bool | None = None
    produced_on: bool | None = None
    last_usable_on: bool | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Scan:
    """One code as read. A field in doubt is None and has its reason in `errors`.

    `di` is the device identifier as its issuer writes it: GS1 fourteen digits, MA the five parts up to
    the check digit, HIBC labeller, product and unit without flag and check character, ICCBBA the whole
    text. `last_usable_on` is the last day of use; `count` the pieces the label states; `package_level`
    the GTIN-14 indicator, the MA package digit or the HIBC unit of measure. `raw` is the normalised
    text; `elements` every (identifier, value) in the order of the label.
    """

    carrier: Carrier
    raw: str
    di: str | None = None
    lot: str | None = None
    serial: str | None = None
    produced_on: dt.date | None = None
    last_usable_on: dt.date | None = None
    count: int | None = None
    package_level: int | None = None
    elements: tuple[tuple[str, str], ...] = ()
    warnings: tuple[reasons.Reason, ...] = ()
    errors: tuple[reasons.Reason, ...] = ()

    @property
    def refused(self) -> bool:
        return bool(self.errors)

    def as_json(self) -> dict[str, Any]:
        """The reading as JSON values; reasons as code and params, for the reader to put into words."""
        return {
            "carrier": self.carrier,
            "di": self.di,
            "lot": self.lot,
            "serial": self.serial,
            "produced_on": self.produced_on and self.produced_on.isoformat(),
            "last_usable_on": self.last_usable_on and self.last_usable_on.isoformat(),
            "count": self.count,
            "warnings": [_reason(reason) for reason in self.warnings],
            "errors": [_reason(reason) for reason in self.errors],
        }


def _reason(reason: reasons.Reason) -> dict[str, Any]:
    return {"code": reason.code, "params": dict(reason.params)}


@dataclasses.dataclass(slots=True)
class Draft:
    """A reading in progress: the readers fill it, `finish` freezes it."""

    raw: str
    carrier: Carrier = "unknown"
    di: str | None = None
    lot: str | None = None
    serial: str | None = None
    produced_on: dt.date | None = None
    last_usable_on: dt.date | None = None
    count: int | None = None
    package_level: int | None = None
    elements: list[tuple[str, str]] = dataclasses.field(default_factory=list)
    found: list[reasons.Reason] = dataclasses.field(default_factory=list)
    produced_month_only: bool = False

    def warn(self, code: str, **params: Any) -> None:
        self.found.append(reasons.Reason(code, None, params, "warn"))

    def refuse(self, code: str, **params: Any) -> None:
        self.found.append(reasons.Reason(code, None, params))

    def finish(self) -> Scan:
        self._check_order_of_dates()
        return Scan(
            carrier=self.carrier,
            raw=self.raw,
            di=self.di,
            lot=self.lot,
            serial=self.serial,
            produced_on=self.produced_on,
            last_usable_on=self.last_usable_on,
            count=self.count,
            package_level=self.package_level,
            elements=tuple(self.elements),
            warnings=tuple(reason for reason in self.found if not reason.refuses),
            errors=tuple(reason for reason in self.found if reason.refuses),
        )

    def _check_order_of_dates(self) -> None:
        if self.produced_on is None or self.last_usable_on is None:
            return
        # A production date without a day may be any day of its month.
        earliest = self.produced_on.replace(day=1) if self.produced_month_only else self.produced_on
        if earliest > self.last_usable_on:
            self.refuse(
                "catalog.udi_dates_reversed",
                produced_on=self.produced_on.isoformat(),
                last_usable_on=self.last_usable_on.isoformat(),
            )
