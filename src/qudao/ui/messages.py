"""Words for what lists and forms refuse."""

from django.utils.translation import gettext_lazy as _

from qudao.kernel.messages import Message

MESSAGES = {
    "ui.too_many_rows": Message(
        _("The file would be too long"),
        _("The filter finds more than %(most)s rows."),
        _("Narrow it, by dates for example, and take several files."),
    ),
    "ui.form_sent_already": Message(
        _("This form was sent already"),
        _("It was sent before with other values; that first sending has taken effect."),
        _("Look at what came of it, and open the form anew to change it."),
    ),
    "ui.view_without_title": Message(
        _("The view needs a name"),
        _("A name has 1 to 40 characters."),
        _("Type one and save again."),
    ),
    "ui.view_title_taken": Message(
        _("There is a view with this name"),
        _("You have another view %(title)s of this list."),
        _("Choose another name."),
    ),
    "ui.view_too_long": Message(
        _("The filter is too long to keep"),
        _("A view keeps up to 1,000 characters of filters."),
        _("Take some filters away."),
    ),
    "ui.too_many_views": Message(
        _("Too many views"),
        _("A list keeps up to %(most)s views for you."),
        _("Delete one you no longer use."),
    ),
    "ui.nothing_picked": Message(
        _("No row is picked"),
        _("The action works on the rows that are ticked."),
        _("Tick the rows at their left, then press the button again."),
    ),
    "ui.too_many_picked": Message(
        _("Too many rows are picked"),
        _("%(count)s are ticked, at most %(most)s go in one step."),
        _("Do it in several steps."),
    ),
    "ui.file_missing": Message(
        _("No file was chosen"),
        _("The form came without a file, or with an empty one."),
        _("Choose the file and send the form again."),
    ),
    "ui.file_too_large": Message(
        _("The file is too large"),
        _("It has %(size)s MB; at most %(limit)s MB are taken in."),
        _("Leave out pictures, or split it into several files."),
    ),
    "ui.check_again": Message(
        _("The file has to be checked again"),
        _("What was checked is more than a day old, or was checked by somebody else."),
        _("Choose the file and check it."),
    ),
}
