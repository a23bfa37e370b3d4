"""Read one part of the release, one record in memory at a time."""

from collections.abc import Iterator
from typing import BinaryIO
from xml.etree.ElementTree import Element, ParseError

import defusedxml
import defusedxml.ElementTree

from qudao.kernel import errors

from . import fields, mending, records


class Reading:
    """Iterates over the records of one part. `announced`, `count`, `reasons` are final at the end."""

    def __init__(self, stream: BinaryIO) -> None:
        self.announced: int | None = None
        self.count = 0
        self.reasons: list[errors.Reason] = []
        self._records = self._read(stream)

    def __iter__(self) -> Iterator[records.DeviceRecord]:
        return self

    def __next__(self) -> records.DeviceRecord:
        return next(self._records)

    def _read(self, stream: BinaryIO) -> Iterator[records.DeviceRecord]:
        parents: list[Element] = []
        try:
            events = defusedxml.ElementTree.iterparse(
                mending.MendedStream(stream), ("start", "end"), forbid_dtd=True
            )
            for event, element in events:
                if event == "start":
                    parents.append(element)
                    continue
                parents.pop()
                if element.tag == "device":
                    self.count += 1
                    yield fields.record(element, self.count)
                elif element.tag == "numberRkeyecordXML":
                    self._take_announced(element)
                if len(parents) <= 2 and parents:
                    # Without this the finished records stay attached to the root.
                    parents[-1].remove(element)
        except ParseError as broken:
            line, column = broken.position
            self.reasons.append(
                errors.Reason(
                    "catalog.nmpa_broken", None, {"row": line, "column": column, "read": self.count}
                )
            )
            return
        except defusedxml.DefusedXmlException:
            self.reasons.append(errors.Reason("catalog.nmpa_dtd"))
            return
        if self.announced is not None and self.announced != self.count:
            params = {"announced": self.announced, "read": self.count}
            self.reasons.append(errors.Reason("catalog.nmpa_count", None, params))

    def _take_announced(self, element: Element) -> None:
        text = (element.text or "").strip()
        if text.isascii() and text.isdigit():
            self.announced = int(text)
        else:
            self.reasons.append(errors.Reason("catalog.nmpa_header", None, {"text": text}, "warn"))


def read_devices(stream: BinaryIO) -> Reading:
    """Iterate over the device records of one XML part, one in memory at a time. Never raises for bad
    content: see `DeviceRecord.reasons` and, after the last record, `Reading.reasons`."""
    return Reading(stream)
