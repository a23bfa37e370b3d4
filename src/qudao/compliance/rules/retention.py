"""How long records of a device are kept.

Source: 医疗器械经营监督管理办法 (市场监管总局令第 54 号) §32 and §38: two years beyond the end of use, five years
where there is none, for ever for implants.
"""

import dataclasses
import datetime as dt

from qudao.kernel import periods


@dataclasses.dataclass(frozen=True, slots=True)
class Policy:
    years_after_expiry: int
    years_without_expiry: int


def retain_until(
    *, is_implant: bool, last_usable_on: dt.date | None, recorded_on: dt.date, policy: Policy
) -> dt.date | None:
    """The last day on which the record must be there; None is for ever.

    `last_usable_on` is the last day of use of the goods, None when they have none; `recorded_on` the day of
    the purchase or sale the record is of.
    """
    if is_implant:
        return None
    if last_usable_on is None:
        return periods.add_months(recorded_on, 12 * policy.years_without_expiry)
    return periods.add_months(last_usable_on, 12 * policy.years_after_expiry)
