"""Writes of the catalogue: lines, products and their tax, certificates, the device register."""

from .certificates import (
    NewCertificate,
    Renewal,
    cover_items,
    register_certificate,
    register_certificates,
    renew_certificate,
    renew_certificates,
    revoke_certificate,
)
from .items import change_unit, judge_items, open_line, register_item, register_items, set_active, set_tax
from .register import UdiImport, check_udi, import_udi, link_udi, register_from_udi

__all__ = [
    "NewCertificate",
    "Renewal",
    "UdiImport",
    "change_unit",
    "check_udi",
    "cover_items",
    "import_udi",
    "judge_items",
    "link_udi",
    "open_line",
    "register_certificate",
    "register_certificates",
    "register_from_udi",
    "register_item",
    "register_items",
    "renew_certificate",
    "renew_certificates",
    "revoke_certificate",
    "set_active",
    "set_tax",
]
