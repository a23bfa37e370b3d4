"""A contract as a workbook of three sheets: the contract, its prices, its rebates; guide prices as one of one.

Checked cell by cell, then taken in whole (a contract as a draft) or not at all; the export is the import's template.
"""

from .exporting import export_contract, write_template
from .guides import GuideFile, GuideList, check_guide_file, import_guide_prices, write_guide_workbook
from .importing import ContractFile, check_contract_file, import_contract
from .sheets import CONTRACT, GUIDE, PRICES, REBATES

__all__ = [
    "CONTRACT",
    "GUIDE",
    "PRICES",
    "REBATES",
    "ContractFile",
    "GuideFile",
    "GuideList",
    "check_contract_file",
    "check_guide_file",
    "export_contract",
    "import_contract",
    "import_guide_prices",
    "write_guide_workbook",
    "write_template",
]
