"""One part of the public release of the NMPA device register (国家药监局 UDI 数据库, XML), as a stream.

    reading = nmpa.read_devices(stream)
    for device in reading: ...           # one record in memory at a time
    reading.reasons                      # what concerns the file: count, broken end, forbidden DTD

The release is over a thousand such parts, UTF-8, and not always clean: characters illegal in XML 1.0 are
dropped and a bare `&` becomes `&amp;` on the way to the parser (also inside CDATA, which the release does
not use). A flawed record carries its reasons, with position and key, and reading goes on.
"""

from .packages import base_quantities
from .reader import Reading, read_devices
from .records import Clinical, DeviceRecord, Packing, Storage
from .stored import as_json

__all__ = [
    "Clinical",
    "DeviceRecord",
    "Packing",
    "Reading",
    "Storage",
    "as_json",
    "base_quantities",
    "read_devices",
]
