"""A contract as a workbook of three sheets: the contract, its prices, its rebates; a price list as one of one.

Checked cell by cell, then taken in whole (a contract as a draft) or not at all; the export is the import's template.
"""

from .exporting import export_contract, write_template
from .importing import ContractFile, check_contract_file, import_contract
from .price_lists import (
    Kind,
    PriceFile,
    PriceList,
    check_price_file,
    import_prices,
    prices_ended,
    write_price_workbook,
)
from .sheets import CONTRACT, FLOOR, GUIDE, HOSPITAL, PRICES, REBATES

__all__ = [
    "CONTRACT",
    "FLOOR",
    "GUIDE",
    "HOSPITAL",
    "PRICES",
    "REBATES",
    "ContractFile",
    "Kind",
    "PriceFile",
    "PriceList",
    "check_contract_file",
    "check_price_file",
    "export_contract",
    "import_contract",
    "import_prices",
    "prices_ended",
    "write_price_workbook",
    "write_template",
]
