"""Words for what the API refuses before any module is asked."""

from django.utils.translation import gettext_lazy as _

from qudao.kernel.messages import Message

# Kinds of wrong fields; a kind not listed here is worded as `value`.
INVALID = {
    "value": Message(_("A value is not acceptable"), _("%(field)s does not hold what this operation takes.")),
    "missing": Message(_("A field is missing"), _("%(field)s must be given.")),
    "extra_forbidden": Message(
        _("A field is unknown"), _("%(field)s is not a field of this operation."), _("Leave it out.")
    ),
    "int_parsing": Message(_("A value is not a whole number"), _("%(field)s takes a whole number.")),
    "int_type": Message(_("A value is not a whole number"), _("%(field)s takes a whole number.")),
    "decimal_parsing": Message(
        _("A value is not a decimal number"),
        _('%(field)s takes a decimal number, best as a text such as "12.50".'),
    ),
    "decimal_max_places": Message(
        _("A number has too many places"), _("%(field)s takes at most %(decimal_places)s decimal places.")
    ),
    "string_type": Message(_("A value is not a text"), _("%(field)s takes a text.")),
    "string_too_long": Message(
        _("A text is too long"), _("%(field)s takes at most %(max_length)s characters.")
    ),
    "string_too_short": Message(
        _("A text is too short"), _("%(field)s takes at least %(min_length)s characters.")
    ),
    "greater_than": Message(_("A number is too small"), _("%(field)s must be greater than %(gt)s.")),
    "greater_than_equal": Message(_("A number is too small"), _("%(field)s must be at least %(ge)s.")),
    "less_than_equal": Message(_("A number is too large"), _("%(field)s must be at most %(le)s.")),
    "uuid_parsing": Message(_("A value is not an id"), _("%(field)s takes an id as the API gives it.")),
    "date_from_datetime_parsing": Message(
        _("A value is not a date"), _("%(field)s takes a date such as 2026-11-23.")
    ),
    "literal_error": Message(_("A value is not one of the choices"), _("%(field)s takes %(expected)s.")),
    "enum": Message(_("A value is not one of the choices"), _("%(field)s takes %(expected)s.")),
}

MESSAGES = {
    **{f"api.invalid.{kind}": message for kind, message in INVALID.items()},
    "api.not_signed_in": Message(
        _("Sign in first"),
        _("The request carries no valid access token and no session."),
        _("Get a token from /api/oauth/token with your client's id and secret."),
    ),
    "api.csrf": Message(
        _("The session's token is missing"),
        _("A write with a session carries the header X-CSRFToken."),
        _("Send the value of the cookie csrftoken in it, or use an access token."),
    ),
    "shell.value_unreadable": Message(
        _("A value cannot be read"),
        _("The address or the form holds a number that is too large, or a character that cannot be stored."),
        _("Type it again instead of pasting it."),
    ),
    "api.malformed": Message(
        _("The request cannot be read"),
        _("Its body is not the JSON, or not the form, that it says it is."),
        _("Send UTF-8 JSON without null characters and numbers without NaN."),
    ),
    "api.media_type": Message(
        _("The body has another media type"),
        _("This operation takes %(expected)s."),
        _("Set the header Content-Type accordingly."),
    ),
    "api.method": Message(
        _("This address does not take this method"),
        _("It takes %(allowed)s."),
        _("Look at /api/v1/openapi.json."),
    ),
    "api.too_large": Message(
        _("The request is too large"),
        _("There is a limit to what one request may carry."),
        _("Send it in several parts."),
    ),
    "api.cursor": Message(
        _("The cursor is not one of ours"),
        _("It does not lead to any place in this list."),
        _("Use next_cursor of the page before, unchanged."),
    ),
    "api.version_missing": Message(
        _("If-Match is missing"),
        _("Somebody else may have changed it since you read it."),
        _("Send the ETag you got when you read it in the header If-Match."),
    ),
    "api.version_unknown": Message(
        _("If-Match cannot be read"), _("%(tag)s is not an ETag of ours."), _("Send the ETag unchanged.")
    ),
    "api.unavailable": Message(
        _("The database does not answer"),
        _("It is starting, or has more to do than it can."),
        _("Send the same request again in a moment, with the same Idempotency-Key."),
    ),
    "api.broken": Message(
        _("Something went wrong on our side"),
        _("It has been written to the log."),
        _("Send the same request again; if it fails again, tell us the time."),
    ),
    "api.client_taken": Message(
        _("This client id is taken"), _("There is an API client %(client)s already."), _("Choose another id.")
    ),
    "api.party_unknown": Message(
        _("Unknown partner"),
        _("There is no partner with the code %(party)s."),
        _("Look the code up in the list."),
    ),
}
