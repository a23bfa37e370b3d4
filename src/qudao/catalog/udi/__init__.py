"""One reader for the codes on a device label: GS1, MA (IDcode) and HIBC; ICCBBA as an opaque code.

    scan = udi.parse(raw, today=today)
    scan.refused or scan.di, scan.lot, scan.serial, scan.last_usable_on

Pure: no clock, no database. Bad input is never an exception; it lands in `scan.errors`.
"""

from .parser import parse
from .scan import Label, Scan

__all__ = ["Label", "Scan", "parse"]
