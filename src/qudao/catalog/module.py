"""Manifest."""

from django.utils.translation import gettext_lazy as _

from qudao.kernel import manifest

MODULE = manifest.Module(
    name="catalog",
    needs=("organisation",),
    permissions={
        "catalog.item.view": _("See products"),
        "catalog.item.manage": _("Maintain products"),
        "catalog.certificate.manage": _("Maintain certificates"),
        "catalog.tax.manage": _("Set the VAT of products"),
    },
    pages={
        "catalog.item": ("device", "catalog.item.view"),
        "catalog.certificate": ("certificate", "catalog.item.view"),
    },
    names={
        "catalog.item": "qudao.catalog.naming:items",
        "catalog.line": "qudao.catalog.naming:lines",
        "catalog.certificate": "qudao.catalog.naming:certificates",
        "catalog.certificate_version": "qudao.catalog.naming:certificate_versions",
    },
    codes={
        "catalog_item.device_class": "qudao.catalog.labels:CLASSES",
        "catalog_item.tracking": "qudao.catalog.labels:TRACKING",
        "catalog_itemcode.scheme": "qudao.catalog.labels:SCHEMES",
        "catalog_taxtreatment.treatment": "qudao.catalog.labels:TREATMENTS",
    },
    urls="qudao.catalog.urls",
    api="qudao.catalog.api:router",
    navigation=(
        manifest.Entry(
            *("business", _("Products"), "devices", "package", "catalog.item.view"), order=13, insiders=True
        ),
        manifest.Entry(
            "quality",
            _("Product certificates"),
            "certificates",
            "file-certificate",
            "catalog.item.view",
            order=11,
        ),
    ),
    search=("qudao.catalog.finding:find",),
    todos=("qudao.catalog.finding:waiting",),
    contributions=(
        "qudao.catalog.decisions:CertificateGate",
        "qudao.catalog.decisions:ItemGate",
    ),
    journal_types={
        "catalog.line.opened": _("Product line opened"),
        "catalog.item.registered": _("Product registered"),
        "catalog.item.activated": _("Product back in trade"),
        "catalog.item.withdrawn": _("Product taken out of trade"),
        "catalog.unit.changed": _("Unit of a product changed"),
        "catalog.tax.set": _("Tax of products set"),
        "catalog.udi.imported": _("Device register taken in"),
        "catalog.udi.linked": _("Device identifiers linked"),
        "catalog.certificate.registered": _("Certificate registered"),
        "catalog.certificate.renewed": _("Certificate renewed or changed"),
        "catalog.certificate.revoked": _("Certificate revoked"),
        "catalog.certificate.extended": _("Certificate lists further products"),
    },
)
