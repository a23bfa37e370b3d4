"""What documents print of a product beside its name: certificate, producer, storage, DI."""

import dataclasses
import datetime as dt
from collections.abc import Iterable

from django.db import connection

from qudao.catalog.queries import certificates


@dataclasses.dataclass(frozen=True, slots=True)
class Paper:
    """One product made on one day. Empty texts where nothing is registered."""

    certificate_number: str
    registrant: str
    production_permit: str
    storage: str
    di: str


@dataclasses.dataclass(frozen=True, slots=True)
class Papers:
    """Of one product: `of(produced_on)` picks the certificate version that covers the day."""

    storage: str
    di: str
    versions: tuple[certificates.ItemCertificate, ...]
    on: dt.date

    def of(self, produced_on: dt.date | None) -> Paper:
        found = certificates.covering(self.versions, produced_on=produced_on, on=self.on)
        if found is None:
            return Paper("", "", "", self.storage, self.di)
        return Paper(found.number, found.registrant, found.production_permit, self.storage, self.di)


def papers(item_ids: Iterable[int], *, on: dt.date) -> dict[int, Papers]:
    """Item id → its papers, in two statements."""
    wanted = sorted(set(item_ids))
    versions = certificates.certificates_once(wanted)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT i.id, i.storage, coalesce(min(d.di) FILTER (WHERE d.level = 0), '')"
            " FROM catalog_item i LEFT JOIN catalog_deviceidentifier d ON d.item_id = i.id"
            " WHERE i.id = ANY(%s::int[]) GROUP BY i.id",
            [wanted],
        )
        return {row[0]: Papers(row[1], row[2], versions.get(row[0], ()), on) for row in cursor.fetchall()}
