"""The catalogue over the API: products, certificates, the device register."""

import datetime as dt
import io
from decimal import Decimal

import ninja
import pydantic

from qudao.catalog import operations, queries
from qudao.catalog.operations import writing
from qudao.kernel import periods, scope, web
from qudao.ui import checked, uploads

router = web.router("catalog")
VIEW = "catalog.item.view"


class ProductOut(pydantic.BaseModel):
    """`tax_rate` is the fraction in force today, null where none is set; `price_unit_factor` base units a price unit."""

    id: int
    code: str
    name: str
    specification: str
    manufacturer: str
    line_id: int
    device_class: int
    category_2017: str
    category_2002: str
    tracking: str
    is_implant: bool
    cold_chain: bool
    base_unit: str
    price_unit: str
    price_unit_factor: int
    active: bool
    tax_rate: Decimal | None


class TradeIn(web.Input):
    """`active` false takes a product out of trade: nobody can order or buy it, stock and history stay."""

    active: bool


class CertificateOut(pydantic.BaseModel):
    """Over all its versions; `last_day` is the expiry as printed, `devices` the products in trade that rest on it."""

    id: int
    number: str
    registrant: str
    producer: str
    version: int
    valid_from: dt.date
    last_day: dt.date | None
    revoked_on: dt.date | None
    devices: int
    state: str


class RenewalIn(web.Input):
    """The term printed on the renewed certificate; `last_day` null: no expiry."""

    valid_from: dt.date
    last_day: dt.date | None = None


class RevocationIn(web.Input):
    revoked_on: dt.date


class RegisterOut(pydantic.BaseModel):
    """`read` is the sum of the others; `said` are the first hundred reasons, by record."""

    read: int
    new: int
    changed: int
    unchanged: int
    refused: int
    said: list[dict]


@web.operation(router.get, "/products", permission=VIEW, response=web.Page[ProductOut])
def list_products(
    request, paging: web.Paging = ninja.Query(...), q: str = "", line_id: int = 0, all: bool = False
):
    """Products in trade by code; `q` is a name, pinyin, code or device identifier, `all`: withdrawn ones too."""
    wanted = queries.DeviceFilter(
        text=q[:60],
        line_ids=(line_id,) if 0 < line_id < 2**31 else None,
        active=None if all else True,
    )
    found = queries.list_devices(
        wanted, on=periods.business_date(request.now), cursor=paging.cursor, limit=paging.limit
    )
    return web.page([row.item for row in found.rows], found.next)


@web.operation(router.post, "/products/{int:item_id}/trade", permission=writing.ITEMS, response=ProductOut)
def set_active(request, item_id: int, body: TradeIn):
    """Take a product out of trade, or back into it."""
    operations.set_active(item_id=item_id, active=body.active, actor=request.actor, now=request.now)
    return queries.get_item(item_id, on=periods.business_date(request.now)).item


@web.operation(router.get, "/certificates", permission=VIEW, response=web.Page[CertificateOut])
def list_certificates(
    request, paging: web.Paging = ninja.Query(...), q: str = "", within: int = 0, lapsed: bool = False
):
    """Certificates, the first to end first; `within` days in which they end, `lapsed`: those that hold no more."""
    wanted = queries.CertificateFilter(text=q[:60], within=min(max(within, 0), 3650) or None, lapsed=lapsed)
    found = queries.list_certificates(
        wanted, on=periods.business_date(request.now), cursor=paging.cursor, limit=paging.limit
    )
    return web.page(found.rows, found.next)


@web.operation(
    router.post,
    "/certificates/{int:certificate_id}/renew",
    permission=writing.CERTIFICATES,
    response=CertificateOut,
)
def renew_certificate(request, certificate_id: int, body: RenewalIn):
    """Enter the renewal: a version more, with the same products."""
    operations.renew_certificate(
        number=_certificate(request, certificate_id).number,
        valid_from=body.valid_from,
        valid_until=body.last_day and body.last_day + dt.timedelta(days=1),
        actor=request.actor,
        now=request.now,
    )
    return _certificate(request, certificate_id)


@web.operation(
    router.post,
    "/certificates/{int:certificate_id}/revoke",
    permission=writing.CERTIFICATES,
    response=CertificateOut,
)
def revoke_certificate(request, certificate_id: int, body: RevocationIn):
    """The authority revoked it, or its holder gave it back: nothing made under it moves from that day."""
    operations.revoke_certificate(
        number=_certificate(request, certificate_id).number,
        revoked_on=body.revoked_on,
        actor=request.actor,
        now=request.now,
    )
    return _certificate(request, certificate_id)


def _certificate(request, certificate_id: int) -> queries.CertificateRow:
    with scope.transaction(request.actor):
        return queries.get_certificate(certificate_id, on=periods.business_date(request.now))


@web.operation(
    router.post, "/device-register/check", permission=writing.ITEMS, response=RegisterOut, upload=True
)
def check_register(request, file: ninja.UploadedFile = ninja.File(...)):
    """What taking in a part of the register's release would do; changes nothing."""
    content = io.BytesIO(uploads.content(file))
    return _register(operations.check_udi(content, actor=request.actor))


@web.operation(router.post, "/device-register", permission=writing.ITEMS, response=RegisterOut, upload=True)
def import_register(request, file: ninja.UploadedFile = ninja.File(...)):
    """Take in a part of the register's release: what is newer than on file."""
    content = io.BytesIO(uploads.content(file))
    return _register(operations.import_udi(content, actor=request.actor, now=request.now))


def _register(done: operations.UdiImport) -> dict:
    counts = {name: getattr(done, name) for name in done.COUNTS}
    return {**counts, "said": [checked.said(reason) for reason in done.reasons]}
