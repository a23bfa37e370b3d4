"""Words for verdicts on files, and for the comments in a template."""

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from qudao.kernel import errors, messages
from qudao.kernel.tabular import sheets

Message = messages.Message

FILE_MESSAGES = {
    "kernel.tabular.file_too_large": Message(
        _("The file is too large"),
        _("It has %(size)s bytes, at most %(limit)s are taken."),
        _("Split it into several files, or remove pictures and unused sheets."),
    ),
    "kernel.tabular.unpacks_too_large": Message(
        _("The file unpacks to too much"),
        _("Unpacked it holds more than %(limit)s bytes or thousands of parts, as a zip bomb does."),
        _("Copy the rows into a new workbook and save that."),
    ),
    "kernel.tabular.not_a_workbook": Message(
        _("This is not an Excel file"),
        _("%(filename)s is named like a workbook but holds something else."),
        _("Open it in Excel and save it as .xlsx; renaming is not enough."),
    ),
    "kernel.tabular.unsupported_format": Message(
        _("This kind of file is not read"),
        _("It is a zip archive, but not an Excel workbook (.xlsx, .xlsm)."),
        _("Save it as .xlsx or .csv."),
    ),
    "kernel.tabular.web_page": Message(
        _("This is a web page named as a table"),
        _("Some systems export a web page under the name .xls."),
        _("Open it in Excel and save it as .xlsx."),
    ),
    "kernel.tabular.damaged": Message(
        _("The file is damaged"),
        _("It cannot be unpacked and read as a workbook."),
        _("Open it in Excel, save it again as .xlsx, and send that."),
    ),
    "kernel.tabular.password": Message(
        _("The file is protected by a password"),
        _("It cannot be read without it."),
        _("Remove the password in Excel (File, Info, Protect) and save it again."),
    ),
    "kernel.tabular.empty": Message(
        _("The file is empty"), _("No visible sheet holds anything."), _("Choose the file with the rows.")
    ),
    "kernel.tabular.no_rows": Message(
        _("There are no rows"),
        _("Below the header nothing is filled in."),
        _("Fill in the rows and send it again."),
    ),
    "kernel.tabular.encoding_unknown": Message(
        _("The text cannot be read"),
        _("It is neither UTF-8 nor GB18030."),
        _("Save it as .xlsx, or as CSV UTF-8."),
    ),
    "kernel.tabular.text_damaged": Message(
        _("The text cannot be taken apart into cells"),
        _("From line %(number)s on, a quotation mark is opened and not closed as it should."),
        _("Remove the quotation mark, or save the table as .xlsx."),
    ),
    "kernel.tabular.too_many_rows": Message(
        _("Too many rows"),
        _("It reaches row %(rows)s, at most %(limit)s are taken at once."),
        _("Split it into several files; delete stray entries far below the table."),
    ),
    "kernel.tabular.too_many_columns": Message(
        _("Too many columns"),
        _("It reaches column %(columns)s, at most %(limit)s are taken."),
        _("Delete what stands to the right of the table."),
    ),
    "kernel.tabular.too_many_lines": Message(
        _("Too many lines pasted"),
        _("These are %(lines)s lines, at most %(limit)s are taken."),
        _("Send them as a file."),
    ),
    "kernel.tabular.header_missing": Message(
        _("The header does not fit"),
        _("Missing: %(missing)s. Unknown: %(unknown)s."),
        _("Name the columns as in the template. Likely: %(suggestions)s"),
    ),
    "kernel.tabular.header_twice": Message(
        _("Two columns mean the same"),
        _("%(headers)s are the same column."),
        _("Keep one of them."),
    ),
    "kernel.tabular.columns_ignored": Message(
        _("Some columns are left aside"),
        _("Unknown: %(unknown)s."),
        _("Rename them if they matter. Likely: %(suggestions)s"),
    ),
    "kernel.tabular.row_repeated": Message(
        _("The row is there twice"),
        _("%(key)s already stands in row %(first)s."),
        _("Delete one of the two, or add them up."),
    ),
}

TEXT_MESSAGES = {
    "kernel.tabular.cell_missing": Message(
        _("%(column)s is missing"), _("Every row needs it."), _("Fill in the cell.")
    ),
    "kernel.tabular.cell_error": Message(
        _("%(column)s holds an Excel error"),
        _("The formula in the cell gives %(value)s."),
        _("Mend the formula or type the value."),
    ),
    "kernel.tabular.too_long": Message(
        _("%(column)s is too long"),
        _("It has %(length)s characters, at most %(limit)s are taken."),
        _("Shorten it."),
    ),
    "kernel.tabular.pattern": Message(
        _("%(column)s is not written as it should be"),
        _("%(value)s does not have the expected form."),
        _("Compare it with the original. Example: %(example)s"),
    ),
    "kernel.tabular.code_as_number": Message(
        _("%(column)s is stored as a number"),
        _("Excel may have dropped leading zeros from %(value)s; the original code cannot be known."),
        _("Format the column as text, then enter the code again."),
    ),
    "kernel.tabular.code_in_scientific_notation": Message(
        _("%(column)s has lost its digits"),
        _("Excel made a number of the code (%(value)s) and keeps only 15 digits."),
        _("Format the column as text, then enter or paste the code again."),
    ),
    "kernel.tabular.leading_zero_lost": Message(
        _("%(column)s has lost a leading zero"),
        _("%(value)s is too short; Excel drops zeros at the front of a number."),
        _("Format the column as text and enter it in full, probably %(suggested)s."),
    ),
    "kernel.tabular.code_as_date": Message(
        _("%(column)s has become a date"),
        _("Excel made a date of the entry (%(value)s)."),
        _("Format the column as text, then enter it again."),
    ),
    "kernel.tabular.not_a_choice": Message(
        _("%(column)s is none of the choices"),
        _("%(value)s is not one of: %(choices)s."),
        _("Choose from the list. Likely: %(closest)s"),
    ),
    "kernel.tabular.not_a_boolean": Message(
        _("%(column)s is neither yes nor no"), _("It says %(value)s."), _("Write 是 or 否.")
    ),
}

NUMBER_MESSAGES = {
    "kernel.tabular.not_a_number": Message(
        _("%(column)s is not a number"),
        _("%(value)s holds something other than digits, a sign, a point and thousands commas."),
        _("Write the number alone; units belong in their own column."),
    ),
    "kernel.tabular.number_too_large": Message(
        _("%(column)s is too large"), _("%(value)s has more than 15 digits."), _("Check the number.")
    ),
    "kernel.tabular.not_whole": Message(
        _("%(column)s is not a whole number"), _("It says %(value)s."), _("Write a number without decimals.")
    ),
    "kernel.tabular.too_many_places": Message(
        _("%(column)s has too many decimals"),
        _("%(value)s has more than %(places)s decimals, and nothing is rounded for you."),
        _("Round it yourself; in Excel by ROUND, not by the cell format."),
    ),
    "kernel.tabular.percent_not_expected": Message(
        _("%(column)s is not a percentage"),
        _("It says %(value)s."),
        _("Write the number without the percent sign."),
    ),
    "kernel.tabular.rate_without_percent": Message(
        _("%(column)s is a rate above 100%%"),
        _("%(value)s could mean %(percent)s or a hundred times that."),
        _("Write %(percent)s or %(fraction)s."),
    ),
}

DATE_MESSAGES = {
    "kernel.tabular.not_a_date": Message(
        _("%(column)s is not a date"),
        _("%(value)s is no day of the calendar, or is written otherwise than year, month, day."),
        _("Write it as 2026-01-31."),
    ),
    "kernel.tabular.date_ambiguous": Message(
        _("%(column)s can be read as two dates"),
        _("%(value)s means one of: %(readings)s. Which, is not guessed."),
        _("Write the year first, as 2026-01-31."),
    ),
    "kernel.tabular.date_flipped": Message(
        _("Day and month of %(column)s are in another order"),
        _("%(value)s does not stand as year, month, day."),
        _("Write the year first, probably %(suggested)s, and check the other rows too."),
    ),
    "kernel.tabular.date_short_year": Message(
        _("%(column)s has a year of two digits"),
        _("In %(value)s it cannot be known which part is the year."),
        _("Write the year with four digits, first, as 2026-01-31."),
    ),
    "kernel.tabular.date_as_number": Message(
        _("%(column)s is a bare number"),
        _("%(value)s may be a date that lost its format (then %(suggested)s), or not a date."),
        _("Format the column as a date in Excel and look at the days it then shows."),
    ),
    "kernel.tabular.date_implausible": Message(
        _("%(column)s is not a plausible date"),
        _("%(day)s is not between %(earliest)s and %(latest)s."),
        _("Check year, month and day; day and month may be exchanged."),
    ),
}

MESSAGES: dict[str, Message] = {**FILE_MESSAGES, **TEXT_MESSAGES, **NUMBER_MESSAGES, **DATE_MESSAGES}

_KINDS = {
    "text": _("Text"),
    "code": _("Code, as text: leading zeros count"),
    "decimal": _("Number"),
    "integer": _("Whole number"),
    "date": _("Date, as 2026-01-31"),
    "boolean": _("是 or 否"),
    "choice": _("One of the list"),
}


def explain(reason: errors.Reason) -> str:
    """One reason as one line in the active language, for `annotate`."""
    said = messages.render(reason)
    return " ".join(part for part in (said.title + _now(":"), said.why, said.mend) if part)


def describe(column: sheets.Column) -> str:
    """What belongs into a column, in the active language, for the header comments of `write`."""
    lines = [str(_KINDS[column.kind]) if not column.percent else _now("Rate, as 13%")]
    lines.append(_now("Required") if column.required else _now("May be empty"))
    if column.choices:
        lines.append(", ".join(labels[0] if labels else value for value, labels in column.choices.items()))
    if column.kind == "decimal" and not column.percent:
        lines.append(_now("At most %(places)s decimals") % {"places": column.places})
    if column.example:
        lines.append(_now("Example: %(example)s") % {"example": column.example})
    return "\n".join(lines)
