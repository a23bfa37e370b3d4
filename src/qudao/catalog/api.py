"""The catalogue over the API: products, their lines and lists, certificates, the device register."""

import io

import ninja

from qudao.catalog import files, operations, queries, shapes
from qudao.catalog.operations import writing
from qudao.kernel import periods, scope, web
from qudao.organisation import queries as organisation
from qudao.ui import checked, parsing, uploads

router = web.router("catalog")
VIEW = "catalog.item.view"


# --- Products --------------------------------------------------------------------------------------


@web.operation(router.get, "/products", permission=VIEW, response=web.Page[shapes.ProductOut])
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


@web.operation(
    router.post, "/products/{int:item_id}/trade", permission=writing.ITEMS, response=shapes.ProductOut
)
def set_active(request, item_id: int, body: shapes.TradeIn):
    """Take a product out of trade, or back into it."""
    operations.set_active(item_id=item_id, active=body.active, **_by(request))
    return queries.get_item(item_id, on=periods.business_date(request.now)).item


@web.operation(router.post, "/products", permission=writing.ITEMS, response=shapes.ProductOut, status=201)
def register_product(request, body: shapes.ProductIn):
    """Register the product of a record in the device register: name, class, identifiers and packages come from it."""
    return operations.register_from_udi(**body.model_dump(), **_by(request))


@web.operation(
    router.post, "/products/{int:item_id}/records", permission=writing.ITEMS, response=shapes.LinkedOut
)
def link_record(request, item_id: int, body: shapes.RecordIn):
    """Give a product the identifiers of a record in the device register: sale unit, unit of use, packages."""
    return {"identifiers": operations.link_udi(item_id=item_id, **body.model_dump(), **_by(request))}


@web.operation(
    router.post, "/products/{int:item_id}/units", permission=writing.ITEMS, response=shapes.UnitOut
)
def change_unit(request, item_id: int, body: shapes.UnitIn):
    """A unit more, or another content of one there is."""
    made = operations.change_unit(item_id=item_id, **body.model_dump(), **_by(request))
    return {"unit": body.unit, "factor": made.factor, "version": made.version}


@web.operation(router.post, "/products/{int:item_id}/tax", permission=writing.TAX, response=shapes.TaxOut)
def set_tax(request, item_id: int, body: shapes.TaxIn):
    """From a day on another VAT, in one legal entity or in all."""
    if body.entity_id:
        organisation.get_entity(body.entity_id)
    operations.set_tax(item_ids=[item_id], **body.model_dump(), **_by(request))
    return {"item_id": item_id, **body.model_dump()}


@web.operation(router.get, "/product-lines", permission=VIEW, response=web.Page[shapes.ProductLineOut])
def list_lines(request, paging: web.Paging = ninja.Query(...)):
    """Every product line by code: what products, accounts and authorisations name by `line_id`."""
    start, found = parsing.whole(paging.cursor), queries.list_lines()
    end = start + paging.limit
    return web.page(found[start:end], str(end) if len(found) > end else None)


@web.operation(
    router.post, "/product-lines", permission=writing.ITEMS, response=shapes.ProductLineOut, status=201
)
def open_line(request, body: shapes.ProductLineIn):
    """Open a product line: what products, accounts and authorisations are sorted by."""
    return operations.open_line(**body.model_dump(), **_by(request))


@web.operation(
    router.post, "/product-files/check", permission=writing.ITEMS, response=checked.File, upload=True
)
def check_product_file(request, file: ninja.UploadedFile = ninja.File(...)):
    """The dry run of a product list, with a verdict per cell; changes nothing."""
    content = uploads.content(file)
    with scope.transaction(request.actor):
        found = files.check(content, today=periods.business_date(request.now), filename=file.name or "")
    return checked.file(found, ok=found.ok)


@web.operation(
    router.post,
    "/product-files",
    permission=writing.ITEMS,
    response=shapes.EnteredOut,
    status=201,
    upload=True,
)
def import_products(request, file: ninja.UploadedFile = ninja.File(...)):
    """Enter the products of a list with their certificates, all of them or none."""
    return files.commit(uploads.content(file), filename=file.name or "", **_by(request))


# --- Certificates ----------------------------------------------------------------------------------


@web.operation(router.get, "/certificates", permission=VIEW, response=web.Page[shapes.CertificateOut])
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
    "/certificates",
    permission=writing.CERTIFICATES,
    response=shapes.CertificateOut,
    status=201,
)
def register_certificate(request, body: shapes.CertificateIn):
    """Enter a certificate with its first term and the products it lists."""
    made = operations.NewCertificate(
        **body.model_dump(exclude={"last_day", "item_ids"}),
        valid_until=periods.day_after(body.last_day),
        item_ids=tuple(body.item_ids),
    )
    found = operations.register_certificate(certificate=made, **_by(request))
    return _certificate(request, found.id)


@web.operation(
    router.post,
    "/certificates/{int:certificate_id}/products",
    permission=writing.CERTIFICATES,
    response=shapes.CertificateOut,
)
def cover_products(request, certificate_id: int, body: shapes.CoverageIn):
    """Products its annex lists that were not entered yet; a changed annex is a renewal."""
    number = _certificate(request, certificate_id).number
    operations.cover_items(covered={number: body.item_ids}, **_by(request))
    return _certificate(request, certificate_id)


@web.operation(
    router.post,
    "/certificates/{int:certificate_id}/renew",
    permission=writing.CERTIFICATES,
    response=shapes.CertificateOut,
)
def renew_certificate(request, certificate_id: int, body: shapes.RenewalIn):
    """Enter the renewal or a change: a version more, with the products listed so far unless others are named."""
    operations.renew_certificate(
        number=_certificate(request, certificate_id).number,
        valid_from=body.valid_from,
        valid_until=periods.day_after(body.last_day),
        item_ids=body.item_ids,
        **_by(request),
    )
    return _certificate(request, certificate_id)


@web.operation(
    router.post,
    "/certificates/{int:certificate_id}/revoke",
    permission=writing.CERTIFICATES,
    response=shapes.CertificateOut,
)
def revoke_certificate(request, certificate_id: int, body: shapes.RevocationIn):
    """The authority revoked it, or its holder gave it back: nothing made under it moves from that day."""
    operations.revoke_certificate(
        number=_certificate(request, certificate_id).number,
        revoked_on=body.revoked_on,
        **_by(request),
    )
    return _certificate(request, certificate_id)


def _certificate(request, certificate_id: int) -> queries.CertificateRow:
    with scope.transaction(request.actor):
        return queries.get_certificate(certificate_id, on=periods.business_date(request.now))


# --- The device register ---------------------------------------------------------------------------


@web.operation(
    router.post, "/device-register/check", permission=writing.ITEMS, response=shapes.RegisterOut, upload=True
)
def check_register(request, file: ninja.UploadedFile = ninja.File(...)):
    """What taking in a part of the register's release would do; changes nothing."""
    content = io.BytesIO(uploads.content(file))
    return _register(operations.check_udi(content, actor=request.actor))


@web.operation(
    router.post, "/device-register", permission=writing.ITEMS, response=shapes.RegisterOut, upload=True
)
def import_register(request, file: ninja.UploadedFile = ninja.File(...)):
    """Take in a part of the register's release: what is newer than on file."""
    content = io.BytesIO(uploads.content(file))
    return _register(operations.import_udi(content, **_by(request)))


def _register(done: operations.UdiImport) -> dict:
    counts = {name: getattr(done, name) for name in done.COUNTS}
    return {**counts, "said": [checked.said(reason) for reason in done.reasons]}


def _by(request) -> dict:
    return {"actor": request.actor, "now": request.now}
