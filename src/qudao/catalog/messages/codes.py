"""Words for device codes and the device register."""

from django.utils.translation import gettext_lazy as _

from qudao.kernel.messages import Message

CODES: dict[str, Message] = {
    "catalog.udi_empty": Message(
        _("Nothing was scanned"),
        _("The code is empty."),
        _("Scan the label again."),
    ),
    "catalog.udi_too_much": Message(
        _("This is not a device code"),
        _("It is longer than %(limit)s characters."),
        _("Scan the label alone, one code at a time."),
    ),
    "catalog.udi_unknown": Message(
        _("Unknown kind of code"),
        _("“%(text)s” is neither GS1, MA nor HIBC."),
        _("Look for the UDI symbol on the label and scan the code beside it."),
    ),
    "catalog.udi_symbology_not_gs1": Message(
        _("The symbol is not a GS1 symbol"),
        _("The scanner reports symbology %(symbology)s, which carries no GS1 elements."),
        _("Scan the GS1 DataMatrix, GS1-128 or GS1 QR code of the label."),
    ),
    "catalog.udi_separator_missing": Message(
        _("A separator is missing"),
        _("Without it (%(ai)s) %(value)s also reads as %(reading)s."),
        _("Set the scanner to send GS (ASCII 29), or type the fields by hand from the label."),
    ),
    "catalog.udi_too_long": Message(
        _("A field is too long"),
        _(
            "(%(ai)s) %(value)s has more than %(limit)s characters: the separator after it is probably missing."
        ),
        _("Set the scanner to send GS (ASCII 29), or type the fields by hand from the label."),
    ),
    "catalog.udi_ai_unknown": Message(
        _("Unknown identifier"),
        _("“%(text)s” at position %(position)s is no GS1 application identifier."),
        _("Scan again; if it repeats, a separator is missing on the label: report it to the registrant."),
    ),
    "catalog.udi_element_form": Message(
        _("A field has the wrong form"),
        _("(%(ai)s) holds “%(value)s”; its form is %(form)s."),
        _("Scan again, or compare with the text printed on the label."),
    ),
    "catalog.udi_check_digit": Message(
        _("The check digit is wrong"),
        _("(%(ai)s) %(value)s ends with %(found)s; %(expected)s is expected."),
        _("Scan again; a code typed by hand has a wrong digit."),
    ),
    "catalog.udi_gtin": Message(
        _("This is not a GTIN"),
        _("“%(value)s” has not 8, 12, 13 or 14 digits with a valid check digit."),
        _("Check the number."),
    ),
    "catalog.udi_date": Message(
        _("There is no such day"),
        _("(%(ai)s) holds “%(value)s”."),
        _("Compare with the date printed on the label."),
    ),
    "catalog.udi_day_unstated": Message(
        _("The label states no day"),
        _("(%(ai)s) %(value)s names a month only and is read as %(read_as)s."),
    ),
    "catalog.udi_dates_reversed": Message(
        _("Produced after expiry"),
        _("The label says the production date %(produced_on)s and the last usable day %(last_usable_on)s."),
        _("Put the goods aside and ask the supplier."),
    ),
    "catalog.udi_duplicate": Message(
        _("A field appears twice"),
        _("(%(ai)s) is %(first)s and %(second)s."),
        _("Scan one label at a time."),
    ),
    "catalog.udi_element_alone": Message(
        _("A field lacks its companions"),
        _("(%(ai)s) stands only together with %(needs)s."),
        _("Scan the whole label of the logistic unit."),
    ),
    "catalog.udi_elements_exclude": Message(
        _("Two fields exclude each other"),
        _("(%(first)s) and (%(second)s) never stand on one label."),
        _("Scan one label at a time."),
    ),
    "catalog.udi_di_missing": Message(
        _("The device identifier is missing"),
        _("The code holds production data only."),
        _("Scan the code that begins with (01) too, or the two-dimensional code."),
    ),
    "catalog.udi_case_mended": Message(
        _("Caps Lock was on"),
        _("The scanner sent %(symbology)s; capital and small letters were exchanged back."),
        _("Switch Caps Lock off and compare the lot with the label."),
    ),
    "catalog.udi_width_mended": Message(
        _("Full-width characters were mended"),
        _("The input method was on while scanning."),
        _("Switch the input method off before you scan."),
    ),
    "catalog.udi_separator_mended": Message(
        _("A spelt separator was mended"),
        _("The scanner sends other characters in place of GS (ASCII 29)."),
        _("Set the scanner to send GS itself."),
    ),
    "catalog.udi_ma_form": Message(
        _("This is not a complete MA code"),
        _("“%(text)s” is not MA.156.M0, registrant and item."),
        _("Scan again, or compare with the label."),
    ),
    "catalog.udi_ma_check_digit": Message(
        _("The check digit of the MA code differs"),
        _("It is %(found)s; %(expected)s is expected. Some published codes differ."),
        _("Compare the code with the label."),
    ),
    "catalog.udi_ma_pi_check_digit": Message(
        _("The check digit of the production data differs"),
        _("It is %(found)s; %(expected)s is expected."),
        _("Compare lot, serial and dates with the label."),
    ),
    "catalog.udi_ma_segment": Message(
        _("A part of the MA code does not read"),
        _("“%(text)s” is not a letter with its value."),
        _("Scan again, or compare with the label."),
    ),
    "catalog.udi_ma_segment_unknown": Message(
        _("An unknown part of the MA code was skipped"),
        _("“%(text)s” is none of S, M, P, L, D, E, V, C."),
    ),
    "catalog.udi_ma_expiry_disagrees": Message(
        _("The two last usable days disagree"),
        _("By V the last usable day is %(by_v)s, by E it is %(by_e)s; V counts."),
        _("Compare with the date printed on the label."),
    ),
    "catalog.udi_hibc_form": Message(
        _("This is not a complete HIBC code"),
        _("“%(text)s” has not the form of a HIBC label."),
        _("Scan again, or compare with the label."),
    ),
    "catalog.udi_hibc_check": Message(
        _("The check character is wrong"),
        _("It is “%(found)s”; “%(expected)s” is expected."),
        _("Scan again; a code typed by hand has a wrong character."),
    ),
    "catalog.udi_hibc_link": Message(
        _("The two codes belong to different labels"),
        _("The second code links to “%(found)s”, the first ends with “%(expected)s”."),
        _("Scan both codes of the same label."),
    ),
    "catalog.udi_hibc_secondary_alone": Message(
        _("The primary code is missing"),
        _("This is the secondary code of a HIBC label: it does not name the device."),
        _("Scan the other code of the label first."),
    ),
    "catalog.udi_hibc_date_flag": Message(
        _("Unknown date format"),
        _("“%(found)s” is no HIBC date flag."),
        _("Compare with the label and type the date by hand."),
    ),
    "catalog.udi_hibc_segment_unknown": Message(
        _("An unknown part of the HIBC code was skipped"),
        _("“%(text)s” is no lot, serial, date or quantity."),
    ),
    "catalog.udi_hibc_case_mended": Message(
        _("Small letters were capitalised"),
        _("HIBC knows capital letters only."),
        _("Switch Caps Lock off."),
    ),
    "catalog.nmpa_broken": Message(
        _("The file breaks off"),
        _("It is not well-formed XML at line %(row)s, column %(column)s; %(read)s records were read."),
        _("Fetch this part of the release again."),
    ),
    "catalog.nmpa_dtd": Message(
        _("The file was refused"),
        _("It declares a document type or entities; the register's files do not."),
        _("Fetch the file from the register itself."),
    ),
    "catalog.nmpa_count": Message(
        _("The number of records differs"),
        _("The header announces %(announced)s, the file holds %(read)s."),
        _("Fetch this part of the release again."),
    ),
    "catalog.nmpa_header": Message(
        _("The header's count does not read"),
        _("It holds “%(text)s”; completeness cannot be checked."),
    ),
    "catalog.nmpa_field_missing": Message(
        _("A required field is missing"),
        _("Record %(key)s has no %(field)s."),
        _("The record was skipped; the registrant must complete it in the register."),
    ),
    "catalog.nmpa_field_form": Message(
        _("A field does not read"),
        _("%(field)s of record %(key)s is “%(value)s” and was left empty."),
    ),
    "catalog.nmpa_check_digit": Message(
        _("The check digit of a DI is wrong"),
        _("%(field)s of record %(key)s is %(value)s; it should end with %(expected)s."),
        _("The record was skipped; compare with the label and tell the registrant."),
    ),
    "catalog.nmpa_packing_form": Message(
        _("A package level is incomplete"),
        _("Record %(key)s, package %(di)s: the count is “%(count)s”."),
        _("Enter the packaging by hand."),
    ),
    "catalog.nmpa_packing_twice": Message(
        _("A package appears twice"),
        _("Record %(key)s names package %(di)s with different contents, or as the sale unit itself."),
        _("Enter the packaging by hand."),
    ),
    "catalog.nmpa_packing_cycle": Message(
        _("The packages contain each other"),
        _("Record %(key)s: package %(di)s never ends at the sale unit."),
        _("Enter the packaging by hand."),
    ),
    "catalog.nmpa_packing_loose": Message(
        _("A package holds something unknown"),
        _("Record %(key)s: package %(di)s leads to %(missing)s, which is not in the record."),
        _("Enter the packaging by hand."),
    ),
}
