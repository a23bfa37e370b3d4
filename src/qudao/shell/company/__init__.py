"""A small company, made through the product's own operations and importers: for the demo, the tour and tests.

上海启渡 sells cardiology devices and reagents through an agent, two dealers and to a hospital. `build` makes
it; `Company` names what it made.
"""

import dataclasses
import datetime as dt
import pathlib

from qudao.kernel import periods

FILES = pathlib.Path(__file__).parent / "files"


@dataclasses.dataclass
class Company:
    """Ids by short names; filled step by step by `build`.

    The company's own dates are those of 2026; `months` moves all of them, so that it lives in any year.
    """

    today: dt.date
    months: int = 0
    entities: dict[str, int] = dataclasses.field(default_factory=dict)
    regions: dict[str, int] = dataclasses.field(default_factory=dict)
    lines: dict[str, int] = dataclasses.field(default_factory=dict)
    items: dict[str, int] = dataclasses.field(default_factory=dict)
    parties: dict[str, int] = dataclasses.field(default_factory=dict)
    accounts: dict[str, int] = dataclasses.field(default_factory=dict)
    places: dict[str, int] = dataclasses.field(default_factory=dict)
    sites: dict[str, int] = dataclasses.field(default_factory=dict)
    people: dict[str, int] = dataclasses.field(default_factory=dict)
    contracts: dict[str, object] = dataclasses.field(default_factory=dict)
    lots: dict[str, int] = dataclasses.field(default_factory=dict)

    def day(self, day: dt.date) -> dt.date:
        """A date of 2026 in the company's own time."""
        return periods.add_months(day, self.months)
