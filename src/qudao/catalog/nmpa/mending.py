"""Make the register's XML well formed on the way to the parser, in bounded memory."""

import codecs
import re
from typing import BinaryIO

_CHUNK = 1 << 16
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_AMPERSAND = re.compile(r"&(?:(amp|lt|gt|quot|apos)|#([0-9]{1,7})|#x([0-9A-Fa-f]{1,6}));|&")
_LONGEST_REFERENCE = 10


class MendedStream:
    """A binary stream as well-formed UTF-8 XML text, mended piece by piece."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")(errors="replace")
        self._held = ""
        self._ended = False

    def read(self, size: int = _CHUNK) -> bytes:
        """The next piece; its length may differ from `size`, empty only at the end."""
        while not self._ended:
            piece = self._stream.read(size)
            self._ended = not piece
            text = self._held + self._decoder.decode(piece, final=self._ended)
            # A reference cut by the end of the piece waits for the rest of it.
            cut = text.rfind("&", -_LONGEST_REFERENCE) if not self._ended else -1
            text, self._held = (text, "") if cut < 0 else (text[:cut], text[cut:])
            if mended := _mended(text):
                return mended.encode("utf-8")
        return b""


def _mended(text: str) -> str:
    return _AMPERSAND.sub(_reference, _ILLEGAL.sub("", text))


def _reference(match: re.Match[str]) -> str:
    named, decimal, hexadecimal = match.groups()
    if named:
        return match.group()
    if decimal or hexadecimal:
        number = int(decimal) if decimal else int(hexadecimal, 16)
        legal = 0 < number <= 0x10FFFF and not _ILLEGAL.match(chr(number))
        return match.group() if legal else ""
    return "&amp;"
