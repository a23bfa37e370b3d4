"""A contract as a workbook of three sheets: the contract, its prices, its rebates.

Checked cell by cell, then taken in whole as a draft or not at all; the export is the import's template.
"""

from .exporting import export_contract, write_template
from .importing import ContractFile, check_contract_file, import_contract
from .sheets import CONTRACT, PRICES, REBATES

__all__ = [
    "CONTRACT",
    "PRICES",
    "REBATES",
    "ContractFile",
    "check_contract_file",
    "export_contract",
    "import_contract",
    "write_template",
]
