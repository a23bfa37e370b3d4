"""Reads of the catalogue. Its tables are no secret: every actor sees every product.

Prices, stock and customers' own codes are elsewhere or have their own scope.
"""

from .certificates import (
    CertificateView,
    ItemCertificate,
    certificate_gates,
    certificates_of,
    certificates_once,
    covering,
    find_certificate,
    gate_of,
    list_expiring_certificates,
    rule_versions,
)
from .products import (
    Identifier,
    ItemDetail,
    ItemFilter,
    ItemPage,
    ItemView,
    LineView,
    TaxView,
    Unit,
    get_item,
    identifiers,
    items,
    items_by_code,
    items_once,
    list_items,
    list_lines,
    search_items,
    units,
)
from .scans import ResolvedScan, resolve_scans

__all__ = [
    "CertificateView",
    "Identifier",
    "ItemCertificate",
    "ItemDetail",
    "ItemFilter",
    "ItemPage",
    "ItemView",
    "LineView",
    "ResolvedScan",
    "TaxView",
    "Unit",
    "certificate_gates",
    "certificates_of",
    "certificates_once",
    "covering",
    "find_certificate",
    "gate_of",
    "get_item",
    "identifiers",
    "items",
    "items_by_code",
    "items_once",
    "list_expiring_certificates",
    "list_items",
    "list_lines",
    "resolve_scans",
    "rule_versions",
    "search_items",
    "units",
]
