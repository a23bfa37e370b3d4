"""Write the GS1 element string of a device, for labels and sample data."""

import datetime as dt

from qudao.kernel import errors

from . import checks, doubt
from . import gs1 as elements


def gs1(
    di: str,
    *,
    lot: str | None = None,
    serial: str | None = None,
    produced_on: dt.date | None = None,
    last_usable_on: dt.date | None = None,
) -> str:
    """The raw element string without symbology identifier: 01, 11, 17, 10, 21, fixed lengths first.

    `di` is a GTIN of 8, 12, 13 or 14 digits. A text field at the end is closed with GS when its value
    alone would leave a reader in doubt (allowed by GS1 General Specifications 7.8). Raises Refused for a
    bad GTIN or a lot or serial outside GS1 character set 82 or longer than 20.
    """
    if not elements.is_bare_gtin(di) or checks.gs1_digit(di[:-1]) != di[-1]:
        raise errors.refuse("catalog.udi_gtin", value=di)
    pairs = [("01", di.zfill(14))]
    pairs += [
        (ai, day.strftime("%y%m%d"))
        for ai, day in (("11", produced_on), ("17", last_usable_on))
        if day is not None
    ]
    for ai, value in (("10", lot), ("21", serial)):
        if value is None:
            continue
        if not elements.fits(ai, value):
            raise errors.refuse("catalog.udi_element_form", ai=ai, value=value, form="X..20")
        pairs.append((ai, value))
    text = "".join(
        ai + value + ("" if elements.has_predefined_length(ai) else elements.GS) for ai, value in pairs[:-1]
    )
    last, value = pairs[-1]
    text += last + value
    if elements.has_predefined_length(last):
        return text
    doubtful = doubt.other_reading(value, taken={ai for ai, _ in pairs}) is not None
    return text + elements.GS if doubtful or elements.mend_separators(text) != text else text
